// A client's connection to a stream listener. It has a short life of its own: the first bytes, a route, an upstream,
// and then bytes both ways until both sides have ended. This file holds the state and the channel's events; the
// extensions beside it hold one stage each.

import NIOCore
import NIOTLS
import PluginKit

final class StreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Where the stream stands. It only moves downwards.
    enum Phase {
        /// Waiting for what tells the route: a balancer's header, the first message of a TLS handshake.
        case preread
        /// The TLS handshake with the client is under way.
        case handshake
        case connecting
        case relaying
        case closed
    }

    let loop: LoopContext
    let facts: StreamListenerFacts
    /// Stands for the request where a balancer wants one.
    let exchange = Exchange()
    let timer = WheelTimer()
    var context: ChannelHandlerContext?
    var phase = Phase.preread
    var source: PeerAddress?
    var destination: PeerAddress?
    var local: SocketAddress?
    var plan: StreamPlan?
    /// Bytes from the client that the upstream does not have yet.
    var received = ByteBuffer()
    var serverName: [UInt8]?
    /// Whether the client has ended its side.
    var clientHasEnded = false

    var service: ServicePlan?
    var balancing = Balancing()
    var attempts = 0
    var upstream: (any Channel)?
    /// Whether the upstream has ended its side.
    var upstreamHasEnded = false

    private var startedAt: Int64 = 0
    private var isRegistered = false
    private var hasBegun = false
    private var isReadingHeld = false
    var bytesReceived = 0
    var bytesSent = 0

    init(loop: LoopContext, facts: StreamListenerFacts) {
        self.loop = loop
        self.facts = facts
    }

    var limits: StreamLimits { loop.configuration.limits.stream }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isRegistered = loop.register(self)
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        if isRegistered { loop.unregister(self) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !hasBegun else { return }
        hasBegun = true
        startedAt = loop.clock.nowMilliseconds()
        exchange.connectionSerial = loop.nextSerial()
        timer.belong(to: self)
        local = context.localAddress
        destination = PeerAddress(context.localAddress)
        source = PeerAddress(context.remoteAddress)
        exchange.clientAddress = Array((context.remoteAddress?.ipAddress ?? "unix:").utf8)
        guard isRegistered else { return finish(status: 503) }
        loop.timers.arm(timer, afterMilliseconds: limits.prereadMilliseconds)
        if !facts.proxyProtocol { decideEarly() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        guard phase != .closed else { return }
        bytesReceived += buffer.readableBytes
        if phase == .relaying { return sendToUpstream(buffer) }
        received.writeBuffer(&buffer)
        if phase == .preread { inspect() } else { holdReads(true) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent, phase == .handshake {
            connect()
        } else if case .some(.inputClosed) = event as? ChannelEvent {
            clientEnded()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        holdUpstream(!context.channel.isWritable)
        if phase == .relaying { armRelayTimer() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(status: 200)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if phase == .handshake {
            loop.errorLog.log(
                .info, "SSL_do_handshake() failed (\(TLSReason.text(error))) while SSL handshaking",
                context: errorContext)
        }
        finish(status: phase == .relaying ? 200 : 500)
    }

    // MARK: - Reading and ending

    /// Stops or goes on reading from the client, for back-pressure.
    func holdReads(_ hold: Bool) {
        guard hold != isReadingHeld, let context else { return }
        isReadingHeld = hold
        try? context.channel.syncOptions?.setOption(.autoRead, value: !hold)
        if !hold { context.read() }
    }

    /// Ends the stream, whatever it is at. What was written still goes out.
    ///
    /// - Parameter status: nginx's for streams; 200 is one that was proxied.
    func finish(status: Int) {
        guard phase != .closed else { return }
        phase = .closed
        timer.cancel()
        writeAccessLog(status)
        balancing = Balancing()
        if let upstream { StreamConnection.closeAfterWrites(upstream) }
        upstream = nil
        if let context { StreamConnection.closeAfterWrites(context.channel) }
    }

    private func writeAccessLog(_ status: Int) {
        let elapsed = loop.clock.nowMilliseconds() - startedAt
        let address = exchange.clientAddress
        loop.accessLog.append(
            remoteAddress: address.span, protocolName: "TCP", status: status, bytesSent: bytesSent,
            bytesReceived: bytesReceived, sessionMilliseconds: Int(max(elapsed, 0)))
    }

    static func closeAfterWrites(_ channel: any Channel) {
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(promise: nil) }
    }

    var errorContext: ErrorContext {
        ErrorContext(
            connection: exchange.connectionSerial, client: String(decoding: exchange.clientAddress, as: UTF8.self),
            server: "\(local?.ipAddress ?? ""):\(facts.port)")
    }
}

// A stream ends when its two sides do, also in a worker that drains.
extension StreamConnection: Drainable {
    func drain() {}

    func cutOff() {
        context?.close(promise: nil)
    }
}

extension StreamConnection: TimerOwner {
    func timerFired() {
        switch phase {
        case .preread: prereadTimedOut()
        case .handshake: finish(status: 408)
        case .relaying: relayTimedOut()
        case .connecting, .closed: break
        }
    }
}

extension PeerAddress {
    init?(_ address: SocketAddress?) {
        guard let address, let port = address.port, let ip = IPAddress(address) else { return nil }
        self.init(ip, port: port)
    }
}
