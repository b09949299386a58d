// One call to an HTTP server: an address, a connection, the request, the answer. It reads answers as client
// connections do, from the same pool's connections.

import NIOCore
import NIOHPACK
import NIOSSL
import PluginKit
import Wire

/// A call under way; used once.
final class OutboundCall {
    private let request: OutboundRequest
    private unowned let outbound: LoopOutbound
    private var done: ((Result<OutboundAnswer, OutboundFailure>) -> Void)?
    private let timer = WheelTimer()
    private let response = ExchangeResponse()
    private var upstream: UpstreamConnection?
    private var address: SocketAddress?
    /// Whether the connection has served others before: it may have been closed meanwhile.
    private var isKept = false
    private var status = 0
    private var headers: [(name: [UInt8], value: [UInt8])] = []
    private var body: [UInt8] = []

    init(
        _ request: OutboundRequest, _ outbound: LoopOutbound,
        _ done: @escaping (Result<OutboundAnswer, OutboundFailure>) -> Void
    ) {
        self.request = request
        self.outbound = outbound
        self.done = done
        timer.belong(to: self)
    }

    func begin() {
        guard done != nil else { return }
        let peer = request.peer
        if let literal = HostAddress.socketAddress(literal: peer.host, port: peer.port) { return reach(literal) }
        outbound.context.resolver.resolve(peer.host, port: peer.port) { [weak self] result in
            switch result {
            case .success(let target): self?.reach(target.address)
            case .failure(let failure): self?.finish(.failure(.unresolved(failure.message)))
            }
        }
    }

    /// The worker ends and waits no longer.
    func giveUp() {
        finish(.failure(.timedOut))
    }

    private func reach(_ address: SocketAddress) {
        self.address = address
        guard let kept = outbound.context.pool.take(key(address)) else { return connect(address) }
        isKept = true
        use(kept)
    }

    private func key(_ address: SocketAddress) -> UpstreamKey {
        let host = request.peer.host
        let name = request.usesTLS && HostAddress(literal: host) == nil ? host : nil
        return UpstreamKey(
            address: address, usesTLS: request.usesTLS, serverName: name,
            verifiesCertificate: request.usesTLS && request.verifiesCertificate)
    }

    private func connect(_ address: SocketAddress) {
        isKept = false
        let key = key(address)
        guard key.verifiesCertificate else { return connect(key, tls: nil) }
        outbound.context.trust.context(verifying: true, on: outbound.loop) { [weak self] result in
            switch result {
            case .success(let tls): self?.connect(key, tls: tls)
            case .failure(let error): self?.finish(.failure(.unreachable("\(error)")))
            }
        }
    }

    private func connect(_ key: UpstreamKey, tls: NIOSSLContext?) {
        guard done != nil else { return }
        let pool = outbound.context.pool
        pool.connect(key, timeoutMilliseconds: request.timeoutMilliseconds, tls: tls) { [weak self] result in
            switch result {
            case .success(let connection):
                guard let self, done != nil else { return connection.release(reusable: false) }
                use(connection)
            case .failure(let error): self?.finish(.failure(.unreachable(ConnectFailure.reason(error))))
            }
        }
    }

    private func use(_ connection: UpstreamConnection) {
        upstream = connection
        connection.lease(to: self, method: request.method == "HEAD" ? .head : .get)
        // As with cosockets, 0 sets no limit of its own.
        if request.keepAliveMilliseconds > 0 { connection.idleMilliseconds = request.keepAliveMilliseconds }
        connection.send { OutboundHead.write(request, to: &$0) }
        armTimer()
    }

    private func armTimer() {
        outbound.context.timers.arm(timer, afterMilliseconds: request.timeoutMilliseconds)
    }

    private func finish(_ result: Result<OutboundAnswer, OutboundFailure>) {
        guard let done else { return }
        self.done = nil
        timer.cancel()
        upstream?.close()
        upstream = nil
        done(result)
        outbound.ended(self)
    }
}

extension OutboundCall: TimerOwner {
    func timerFired() {
        finish(.failure(.timedOut))
    }
}

extension OutboundCall: UpstreamReader {
    var responseTarget: ExchangeResponse { response }

    func upstreamHead(_ upstream: UpstreamConnection) {
        // Nothing here asks for another protocol.
        if response.head.isUpgrade { return finish(.failure(.malformed)) }
        status = Int(response.head.status)
        let fields = response.head.fields
        let bytes = response.bytes
        for index in 0..<fields.endIndex {
            let field = fields[index]
            headers.append((Self.copy(field.name, bytes), Self.copy(field.value, bytes)))
        }
    }

    private static func copy(_ slice: Slice, _ bytes: ByteBuffer) -> [UInt8] {
        bytes.getBytes(at: bytes.readerIndex + Int(slice.start), length: Int(slice.count)) ?? []
    }

    func upstreamBody(_ upstream: UpstreamConnection, _ bytes: borrowing Span<UInt8>) {
        guard body.count + bytes.count <= request.answerLimit else { return finish(.failure(.malformed)) }
        body.reserveCapacity(body.count + bytes.count)
        for index in 0..<bytes.count { body.append(bytes[index]) }
    }

    func upstreamPause(_ upstream: UpstreamConnection) {
        if done != nil { armTimer() }
    }

    func upstreamTrailers(_ upstream: UpstreamConnection, _ trailers: HPACKHeaders) {}

    func upstreamEnd(_ upstream: UpstreamConnection) {
        self.upstream = nil
        upstream.release(reusable: response.head.keepAlive)
        finish(.success(OutboundAnswer(status: status, headers: headers, body: body)))
    }

    func upstreamFailed(_ upstream: UpstreamConnection, _ failure: UpstreamFailure) {
        self.upstream = nil
        // The server may have closed a kept connection just when it was chosen.
        if failure.isClosed, isKept, upstream.received == 0, let address { return connect(address) }
        if case .malformed = failure { return finish(.failure(.malformed)) }
        finish(.failure(.closed))
    }

    func upstreamWritable(_ upstream: UpstreamConnection, _ isWritable: Bool) {
        if isWritable, done != nil { armTimer() }
    }
}
