// A client's connection: the only channel handler after TLS. It takes one request after the other through its life:
// head, plugins, upstream, answer, log. This file holds the state and the channel's events; the extensions beside it
// hold one stage each.

import NIOCore
import NIOHPACK
import PluginKit
import Wire

package final class ClientConnection: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Where the current request stands. It only moves downwards, and back to `head` at the end.
    enum Phase {
        /// Waiting for a request's head, or for the rest of it.
        case head
        /// Reading the request's body into memory or onto the disk; `collected` decides what follows.
        case collecting
        /// Plugins run, one of them waits, or the answer is made outside the event loop.
        case deciding
        /// Waiting for an address or a connection of the upstream.
        case connecting
        /// The request is on its way to the upstream or its answer on the way back.
        case relaying
        /// A long answer of the gateway's own is sent piece by piece.
        case answering
        /// Both sides exchange bytes that are not HTTP any more (101).
        case tunnel
        /// The answer is sent; the rest of the request's body is thrown away.
        case discarding
        /// The answer is sent and our side closed; what the client still sends is thrown away.
        case lingering
        case closed
    }

    /// What happens to a collected body.
    enum Collected {
        case runPlugins
        case proxy
        case answerLocally
    }

    let loop: LoopContext
    let listener: ListenerFacts
    /// The HTTP/2 connection of which this is one stream; it takes one request at a time then.
    private var carrier: HTTP2Connection?
    let exchange = Exchange()
    let timer = WheelTimer()
    /// What carries the bytes; nil when that has ended.
    private(set) var transport: (any ClientTransport)?
    var facts = ForwardedFacts(peer: [], port: 0, isTLS: false, isTrusted: false)
    var phase = Phase.head

    // The request. Its bytes lie in `exchange.request.bytes`: the head, then what came after it.
    var snapshot: Snapshot
    var plan: RoutePlan?
    var match = RouteMatch(route: -1)
    var chain = Chain.empty
    /// How much of `exchange.request.bytes` is used up, head included.
    var cursor = 0
    var body = RequestBodyReader()
    var collected = Collected.proxy
    var collectedBody = ByteBuffer()
    /// What of the body lies on the disk; `collectedBody` comes behind it.
    var spool: BodySpool?
    /// Whether `collectedBody` or the disk holds the whole body.
    var isCollected = false
    var bodyIsInvalid = false
    var keepsAlive = false
    var isReadingHeld = false

    // The upstream and the answer.
    var service: ServicePlan?
    /// Only of use while `service` has an upstream; emptied after, lest idle connections keep old versions alive.
    var balancing = Balancing()
    var upstream: UpstreamConnection?
    var upstreamFraming = UpstreamFraming.none
    /// Counts attempts over the connection's life, so that late answers of an earlier one are known as such.
    var attemptSerial = 0
    var attempts = 0
    var requestWasSent = false
    /// Whether body bytes went to the upstream that are not kept for another attempt.
    var bodyIsGone = false
    var accessEndedAt: Int64 = 0
    var latencies: Latencies?
    var clientFraming = ClientFraming.asUpstream
    /// What injected directives do to answers; nil where there are none.
    let filter: AnswerFilter?
    let logs: AccessLogs
    /// What came so far of an answer that is kept back until it is whole.
    var held: ByteBuffer?
    /// Compresses the answer's body.
    var compressor: Deflater?
    var hasAnswerHead = false
    /// What follows an HTTP/2 upstream's body; passed on to clients that speak it too.
    private var trailers: HPACKHeaders?
    /// Whether the last attempt's upstream left the request alone.
    var wasRefused = false
    var out = ByteBuffer()
    /// What is left to be sent of a long answer of the gateway's own.
    var unsent: ArraySlice<UInt8> = []
    /// Whether the next piece of it waits for its turn on the event loop.
    var pieceIsDue = false
    /// The gateway's own answer, and what was tried upstream: for the access log.
    var sent: Response?
    var tries: [UpstreamTry] = []
    var sentHead = SentHead()
    /// Whether the request's line is in the access log.
    var isLogged = false
    private var isPumping = false
    private var pumpAgain = false

    init(loop: LoopContext, listener: ListenerFacts) {
        self.loop = loop
        self.listener = listener
        logs = listener.isProxy ? loop.proxyLogs : loop.adminLogs
        filter = listener.isProxy ? loop.proxyFilter : loop.adminFilter
        snapshot = loop.currentSnapshot()
        timer.belong(to: self)
        exchange.driver = self
        exchange.eventLoop = loop.loop
        exchange.redis = loop.redis
        exchange.outbound = loop.outbound
        exchange.ldap = loop.ldap
        exchange.loopNumber = loop.statistics.number
    }

    var configuration: ProxyConfiguration { loop.configuration }
    var limits: Limits { loop.configuration.limits }

    /// Bytes received after what is used up.
    var pendingBytes: Int { exchange.request.bytes.readableBytes - cursor }

    // MARK: - Channel events

    package func handlerAdded(context: ChannelHandlerContext) {
        transport = context
        // Before the connection is active: a worker that drains waits for what it has accepted.
        isRegistered = loop.register(self)
        if context.channel.isActive { begin(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        transport = nil
        if isRegistered { loop.unregister(self) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard exchange.connectionSerial == 0 else { return }
        exchange.connectionSerial = loop.nextSerial()
        loop.statistics.accepted.bump()
        loop.statistics.active.bump()
        guard isRegistered else {
            phase = .closed
            context.close(promise: nil)
            return
        }
        introduce(context.remoteAddress, context.localAddress)
        loop.statistics.waiting.bump()
        timer.belong(to: self)
        loop.timers.arm(timer, afterMilliseconds: loop.isDraining ? limits.drainMilliseconds : limits.headMilliseconds)
    }

    /// Begins to serve a stream. What a connection has of its own, a stream has from the connection below it.
    func begin(on carrier: HTTP2Connection, _ stream: HTTP2Stream) {
        self.carrier = carrier
        transport = stream
        phase = .head
        isWaiting = false
        exchange.request.head.comesByHTTP2 = true
        exchange.connectionSerial = carrier.serial
        facts = carrier.facts
        exchange.clientAddress = facts.peer
        exchange.serverAddress = carrier.serverAddress
        exchange.serverPort = listener.port
        exchange.isTLS = listener.isTLS
        exchange.isFromTrustedPeer = facts.isTrusted
    }

    func leaveTransport() {
        transport = nil
        carrier = nil
        trailers = nil
    }

    /// Leaves the connection, on which nothing was read yet, to another handler. False above the limit.
    func handOver(to other: HTTP2Connection) -> Bool {
        guard isRegistered, phase == .head else { return false }
        loop.replace(self, by: other)
        timer.cancel()
        isRegistered = false
        phase = .closed
        return true
    }

    /// The answer's trailers, for the handler that writes them.
    func takeTrailers() -> HPACKHeaders? {
        defer { trailers = nil }
        return trailers
    }

    /// Only a client of HTTP/2 is told the trailers, as in nginx.
    func upstreamTrailers(_ upstream: UpstreamConnection, _ trailers: HPACKHeaders) {
        if carrier != nil { self.trailers = trailers }
    }

    /// Whether another request may follow on the connection.
    var takesMoreRequests: Bool {
        carrier == nil && !loop.isDraining && exchange.requestNumber < limits.connectionRequests
            && limits.keepAliveMilliseconds > 0
    }

    private func introduce(_ remote: SocketAddress?, _ local: SocketAddress?) {
        let peer = Array((remote?.ipAddress ?? "unix:").utf8)
        let isTrusted = remote.map { configuration.trusted.contains($0) } ?? false
        facts = ForwardedFacts(peer: peer, port: listener.port, isTLS: listener.isTLS, isTrusted: isTrusted)
        facts.peerPort = remote?.port ?? 0
        facts.acceptedAt = loop.clock.nowMilliseconds()
        if listener.isTLS, logs.wants.union(filter?.wants ?? []).contains(.handshake) { facts.tls = TLSFacts() }
        exchange.clientAddress = peer
        exchange.serverAddress = Array((local?.ipAddress ?? "").utf8)
        exchange.serverPort = listener.port
        exchange.isTLS = listener.isTLS
        exchange.isFromTrustedPeer = isTrusted
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(unwrapInboundIn(data))
    }

    /// Takes bytes that the client sent.
    func take(_ buffer: ByteBuffer) {
        switch phase {
        case .relaying where pendingBytes == 0 && !body.isComplete:
            stream(buffer)
        case .tunnel:
            sendThroughTunnel(buffer)
        case .lingering, .closed:
            break
        default:
            exchange.request.bytes.writeImmutableBuffer(buffer)
            advance()
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        ended()
        loop.statistics.active.bump(-1)
    }

    /// The client is gone, or was told everything.
    func ended() {
        let wasUnderWay = phase != .head && phase != .lingering && phase != .closed && phase != .discarding
        timer.cancel()
        if wasUnderWay { abandon() } else if phase == .head, !isReadingHeld { abandonHead() }
        leaveWaiting()
        phase = .closed
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        writabilityChanged()
    }

    /// The client takes more again, or no more for now.
    func writabilityChanged() {
        guard let isWritable = transport?.isWritable else { return }
        if phase == .head, isWritable { return resumeRequests() }
        if phase == .answering, isWritable { return resumePieces() }
        guard phase == .relaying || phase == .tunnel else { return }
        upstream?.holdReads(!isWritable)
        if isWritable { armUpstreamTimer() } else { armSendTimer() }
    }

    // MARK: - Driving

    /// Does what the phase asks for with the bytes that are there.
    func advance() {
        switch phase {
        case .head: pump()
        case .collecting: collect()
        case .relaying: pumpBody()
        case .discarding: discardBody()
        case .deciding, .connecting, .answering: holdReads(pendingBytes > limits.pendingBytes)
        case .tunnel, .lingering, .closed: break
        }
    }

    /// Reads heads until one is incomplete or its request takes time. A loop and not a recursion: a client may send
    /// thousands of requests at once.
    func pump() {
        pumpAgain = true
        guard !isPumping else { return }
        isPumping = true
        while pumpAgain {
            pumpAgain = false
            guard phase == .head, exchange.request.bytes.readableBytes > 0 else { continue }
            if transport?.isWritable ?? true { readHead() } else { pauseRequests() }
        }
        isPumping = false
    }

    /// A client that asks faster than it reads is not read any further, else its answers would fill the memory.
    private func pauseRequests() {
        holdReads(true)
        armSendTimer()
    }

    private func resumeRequests() {
        guard isReadingHeld else { return }
        holdReads(pendingBytes > limits.pendingBytes)
        pump()
    }

    /// Stops or goes on reading from the client, for back-pressure.
    func holdReads(_ hold: Bool) {
        guard hold != isReadingHeld, let transport else { return }
        isReadingHeld = hold
        transport.holdReads(hold)
    }

    /// Ends the connection after what is under way. A client that was told it may go on, or has just connected, gets
    /// a moment for one more request: it may be on its way, and would meet a closed connection.
    func drain() {
        if !hasAnswerHead { keepsAlive = false }
        guard phase == .head, exchange.request.bytes.readableBytes == 0 else { return }
        loop.timers.arm(timer, afterMilliseconds: limits.drainMilliseconds)
    }

    func cutOff() {
        transport?.cut()
    }

    /// Whether the answer is written and the request logged: nobody is left who may still have a say in it.
    var isAnswered: Bool { phase == .lingering }

    func leaveWaiting() {
        if isWaiting {
            isWaiting = false
            loop.statistics.waiting.bump(-1)
        }
    }

    /// Whether plain HTTP came to a TLS port: every request is refused.
    var refusesAsPlain = false
    /// Whether the event loop counts the connection among its own; false above the limit.
    private var isRegistered = false
    /// Whether the connection is counted as waiting for a request.
    var isWaiting = true
}

extension ClientConnection: Drainable, RemovableChannelHandler {}

extension ClientConnection: TimerOwner {
    func timerFired() {
        switch phase {
        case .connecting, .relaying:
            if let transport, !transport.isWritable, hasAnswerHead {
                transport.cut()
            } else if awaitsBody, !hasAnswerHead {
                bodyTimedOut()
            } else {
                upstreamTimedOut()
            }
        case .head where exchange.requestNumber > 0 && exchange.request.bytes.readableBytes == 0:
            // The end of the last answer may still wait for a slow client.
            closeAfterWrites()
        case .collecting: bodyTimedOut()
        case .head where transport?.isWritable == true && exchange.request.bytes.readableBytes > 0:
            headTimedOut()
        case .head, .answering, .discarding, .lingering, .tunnel, .closed:
            transport?.cut()
        case .deciding: break
        }
    }
}
