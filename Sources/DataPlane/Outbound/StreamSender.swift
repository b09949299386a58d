// A kept connection that carries messages to one peer. What is handed over while there is no connection waits, up to a
// limit, and what a kept connection did not take before it was closed goes over the next one.

import NIOCore
import NIOSSL
import PluginKit

/// The messages of one event loop for one peer.
final class StreamSender {
    struct Key: Hashable {
        let peer: OutboundPeer
        let stream: OutboundStream
    }

    private enum State {
        case idle
        case connecting
        case open(any Channel)
    }

    let key: Key
    private let sender: String
    private unowned let outbound: LoopOutbound
    private var state = State.idle
    /// What was not written yet, oldest first; the first `written` of them are in the channel's hands.
    private var messages = CircularBuffer<[UInt8]>()
    private var written = 0
    private var waitingBytes = 0
    /// Whether the connection has carried something already.
    private var isProven = false
    private let timer = WheelTimer()

    init(_ key: Key, sender: String, _ outbound: LoopOutbound) {
        self.key = key
        self.sender = sender
        self.outbound = outbound
        timer.belong(to: self)
    }

    var isIdle: Bool { messages.isEmpty }

    func send(_ bytes: [UInt8]) {
        guard waitingBytes + bytes.count <= LoopOutbound.streamBacklogBytes else {
            return complain("failed to send data to", "it takes no more")
        }
        messages.append(bytes)
        waitingBytes += bytes.count
        switch state {
        case .idle: connect()
        case .connecting: break
        case .open(let channel): write(to: channel)
        }
    }

    /// The worker ends and waits no longer.
    func giveUp() {
        guard !messages.isEmpty else { return }
        drop("failed to send data to", "timeout")
    }

    // MARK: - Connecting

    private func connect() {
        state = .connecting
        isProven = false
        let (host, port) = (key.peer.host, key.peer.port)
        if let literal = HostAddress.socketAddress(literal: host, port: port) { return dial(literal) }
        outbound.context.resolver.resolve(host, port: port) { [self] result in
            switch result {
            case .success(let target): dial(target.address)
            case .failure(let failure): failed("failed to connect to", failure.message)
            }
        }
    }

    private func dial(_ address: SocketAddress) {
        let stream = key.stream
        let upstream = UpstreamKey(address: address, usesTLS: stream.usesTLS, serverName: stream.serverName)
        guard stream.usesTLS else { return dial(upstream, tls: nil) }
        outbound.context.trust.context(verifying: false, on: outbound.loop) { [self] result in
            switch result {
            case .success(let tls): dial(upstream, tls: tls)
            case .failure(let error): failed("failed to connect to", "\(error)")
            }
        }
    }

    private func dial(_ upstream: UpstreamKey, tls: NIOSSLContext?) {
        let pool = outbound.context.pool
        pool.dial(
            upstream, timeoutMilliseconds: key.stream.timeoutMilliseconds, tls: tls, { [self] in [StreamEnd(self)] }
        ) { [self] in connected($0) }
    }

    private func connected(_ result: Result<any Channel, any Error>) {
        guard case .connecting = state else { return }
        switch result {
        case .success(let channel):
            state = .open(channel)
            if messages.isEmpty { armIdleTimer() } else { write(to: channel) }
        case .failure(let error): failed("failed to connect to", ConnectFailure.reason(error))
        }
    }

    private func failed(_ step: String, _ reason: String) {
        state = .idle
        drop(step, reason)
        outbound.ended(self)
    }

    private func drop(_ step: String, _ reason: String) {
        timer.cancel()
        for _ in messages { complain(step, reason) }
        messages.removeAll()
        written = 0
        waitingBytes = 0
    }

    private func complain(_ step: String, _ reason: String) {
        outbound.complaints.tell(key.peer, "[\(sender)] \(step) \(key.peer.host):\(key.peer.port): \(reason)")
    }

    // MARK: - Writing

    private func write(to channel: any Channel) {
        while written < messages.count {
            let next = messages.index(messages.startIndex, offsetBy: written)
            let buffer = ByteBuffer(bytes: messages[next])
            written += 1
            channel.write(buffer).assumeIsolated().whenComplete { [self] result in
                if case .success = result { wrote(on: channel) }
            }
        }
        outbound.context.timers.arm(timer, afterMilliseconds: key.stream.timeoutMilliseconds)
        channel.flush()
    }

    /// Writes end in the order in which they began.
    private func wrote(on channel: any Channel) {
        guard case .open(let current) = state, current === channel, written > 0 else { return }
        isProven = true
        written -= 1
        waitingBytes -= messages.removeFirst().count
        guard messages.isEmpty else {
            return outbound.context.timers.arm(timer, afterMilliseconds: key.stream.timeoutMilliseconds)
        }
        armIdleTimer()
        outbound.emptied(self)
    }

    private func armIdleTimer() {
        outbound.context.timers.arm(timer, afterMilliseconds: key.stream.keepAliveMilliseconds)
    }

    /// The peer has closed, or we have.
    fileprivate func closed() {
        guard case .open = state else { return }
        timer.cancel()
        written = 0
        state = .idle
        if messages.isEmpty { return outbound.ended(self) }
        if isProven { return connect() }
        failed("failed to send data to", "closed")
    }
}

extension StreamSender: TimerOwner {
    func timerFired() {
        guard case .open(let channel) = state else { return }
        if !messages.isEmpty { drop("failed to send data to", "timeout") }
        channel.close(promise: nil)
    }
}

/// The end of the pipeline: nothing that a peer says is read, only its end is noticed.
private final class StreamEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let sender: StreamSender

    init(_ sender: StreamSender) {
        self.sender = sender
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelInactive(context: ChannelHandlerContext) {
        sender.closed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
