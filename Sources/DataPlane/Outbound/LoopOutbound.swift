// What plugins send on their own account from one event loop: over the loop's own pool, resolver and timers.

import NIOCore
import PluginKit

/// The way out of one event loop. To be used on that loop only.
package final class LoopOutbound {
    unowned let context: LoopContext
    let complaints: PeerComplaints
    private var states: [String: any OutboundState] = [:]
    private var calls: [ObjectIdentifier: OutboundCall] = [:]
    private var senders: [StreamSender.Key: StreamSender] = [:]
    private lazy var datagrams = DatagramSender(self)
    private lazy var team = context.team.members
    /// Called when nothing is under way any more; set at the end of the worker.
    private var onIdle: (() -> Void)?

    /// How many bytes wait for one peer of a stream at most, those of an unfinished write included.
    static let streamBacklogBytes = 4 << 20
    /// How many datagrams wait for names at most.
    static let waitingDatagrams = 1024

    init(_ context: LoopContext) {
        self.context = context
        complaints = PeerComplaints(context.errorLog)
    }

    var loop: any EventLoop { context.loop }

    func ended(_ call: OutboundCall) {
        calls[ObjectIdentifier(call)] = nil
        finishIfIdle()
    }

    func ended(_ sender: StreamSender) {
        if senders[sender.key] === sender { senders[sender.key] = nil }
        finishIfIdle()
    }

    /// A peer of a stream has got all that it was to get.
    func emptied(_ sender: StreamSender) {
        finishIfIdle()
    }
}

extension LoopOutbound: Outbound {
    package func call(
        _ request: OutboundRequest, _ done: @escaping (Result<OutboundAnswer, OutboundFailure>) -> Void
    ) {
        let call = OutboundCall(request, self, done)
        calls[ObjectIdentifier(call)] = call
        let bound = NIOLoopBound(call, eventLoop: loop)
        loop.execute { bound.value.begin() }
    }

    package func send(datagram: [UInt8], to peer: OutboundPeer, sender: String) {
        datagrams.send(datagram, to: peer, sender: sender)
    }

    package func send(bytes: [UInt8], to peer: OutboundPeer, over stream: OutboundStream, sender: String) {
        let key = StreamSender.Key(peer: peer, stream: stream)
        let known = senders[key]
        let streamSender = known ?? StreamSender(key, sender: sender, self)
        if known == nil { senders[key] = streamSender }
        streamSender.send(bytes)
    }

    package func append(_ bytes: [UInt8], toFile path: String, reopens: Bool, sender: String) {
        let errorLog = context.errorLog
        context.logWriter.append(bytes, toFile: path, reopens: reopens) { failure in
            errorLog.log(.error, "[\(sender)] failed to write to the file \(failure.path): \(failure.message)")
        }
    }

    package func syslog(_ message: [UInt8], severity: Int) {
        guard !context.systemLog.append(message, severity: severity) else { return }
        complaints.tell(OutboundPeer(host: "/dev/log", port: 0), "[syslog] the system's log takes no more")
    }

    package func schedule(afterMilliseconds delay: Int64, _ action: @escaping () -> Void) {
        let bound = NIOLoopBound(action, eventLoop: loop)
        loop.scheduleTask(in: .milliseconds(max(delay, 0))) { bound.value() }
    }

    package func state<State: OutboundState>(_ key: String, _ make: () -> State) -> State {
        if let known = states[key] as? State { return known }
        let made = make()
        states[key] = made
        return made
    }

    package func onHome(of key: String, _ action: @escaping @Sendable (any Outbound) -> Void) {
        let home = team[Int(UInt(bitPattern: key.hashValue) % UInt(team.count))]
        guard home.eventLoop !== loop else { return action(self) }
        home.eventLoop.execute { action(home.value.outbound) }
    }

    package func logError(_ text: String) {
        context.errorLog.log(.error, text)
    }

    package func logWarning(_ text: String) {
        context.errorLog.log(.warn, text)
    }
}

// The end of the worker.
extension LoopOutbound {
    /// Has everything sent that was put off, and calls `done` when it is, or when the time is up.
    func finish(afterMilliseconds limit: Int64, _ done: @escaping () -> Void) {
        onIdle = done
        for state in states.values { state.flush() }
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .milliseconds(limit)) { bound.value.giveUp() }
        // What was flushed may hand something over to the loop first.
        loop.execute { bound.value.finishIfIdle() }
    }

    private func giveUp() {
        for call in Array(calls.values) { call.giveUp() }
        for sender in Array(senders.values) { sender.giveUp() }
        for state in states.values { state.abandon() }
        let done = onIdle
        onIdle = nil
        done?()
    }

    private func finishIfIdle() {
        guard onIdle != nil, calls.isEmpty, !datagrams.isBusy, senders.values.allSatisfy(\.isIdle),
            states.values.allSatisfy(\.isIdle)
        else { return }
        let done = onIdle
        onIdle = nil
        done?()
    }

    func datagramsSent() {
        finishIfIdle()
    }
}
