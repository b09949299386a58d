// A way out that leads nowhere: it keeps what plugins send, and runs what they put off when a test says so.

import PluginKit

final class RecordingOutbound: Outbound {
    struct Call {
        let request: OutboundRequest
        let done: (Result<OutboundAnswer, OutboundFailure>) -> Void

        var body: String { String(decoding: request.body, as: UTF8.self) }

        func answer(_ status: Int) {
            done(.success(OutboundAnswer(status: status, headers: [], body: [])))
        }
    }

    private(set) var calls: [Call] = []
    private(set) var datagrams: [(text: String, peer: OutboundPeer, sender: String)] = []
    private(set) var streamed: [(text: String, peer: OutboundPeer, stream: OutboundStream, sender: String)] = []
    private(set) var appended: [(text: String, path: String, reopens: Bool, sender: String)] = []
    /// For the system's log.
    private(set) var messages: [(text: String, severity: Int)] = []
    private(set) var errors: [String] = []
    private(set) var warnings: [String] = []
    private var scheduled: [(delay: Int64, action: () -> Void)] = []
    private var states: [String: any OutboundState] = [:]

    /// The delays of what is put off, in milliseconds.
    var delays: [Int64] { scheduled.map(\.delay) }

    /// Runs what was put off so far.
    func runScheduled() {
        let due = scheduled
        scheduled = []
        for entry in due { entry.action() }
    }

    /// As at the end of the worker.
    func flushStates() {
        for state in states.values { state.flush() }
    }

    func call(
        _ request: OutboundRequest, _ done: @escaping (Result<OutboundAnswer, OutboundFailure>) -> Void
    ) {
        calls.append(Call(request: request, done: done))
    }

    func send(datagram: [UInt8], to peer: OutboundPeer, sender: String) {
        datagrams.append((String(decoding: datagram, as: UTF8.self), peer, sender))
    }

    func send(bytes: [UInt8], to peer: OutboundPeer, over stream: OutboundStream, sender: String) {
        streamed.append((String(decoding: bytes, as: UTF8.self), peer, stream, sender))
    }

    func append(_ bytes: [UInt8], toFile path: String, reopens: Bool, sender: String) {
        appended.append((String(decoding: bytes, as: UTF8.self), path, reopens, sender))
    }

    func syslog(_ message: [UInt8], severity: Int) {
        messages.append((String(decoding: message, as: UTF8.self), severity))
    }

    func schedule(afterMilliseconds delay: Int64, _ action: @escaping () -> Void) {
        scheduled.append((delay, action))
    }

    func state<State: OutboundState>(_ key: String, _ make: () -> State) -> State {
        if let known = states[key] as? State { return known }
        let made = make()
        states[key] = made
        return made
    }

    func logError(_ text: String) {
        errors.append(text)
    }

    func logWarning(_ text: String) {
        warnings.append(text)
    }
}
