// One connection to an upstream: the channel handler that reads answers and hands them to the client connection that
// leased it. It knows HTTP framing and nothing of routes, plugins or retries.

import NIOCore
import NIOHPACK
import PluginKit
import Wire

/// Who waits for an upstream's answer.
protocol UpstreamReader: AnyObject {
    /// Where the answer's head goes.
    var responseTarget: ExchangeResponse { get }
    /// The head is complete in `responseTarget`.
    func upstreamHead(_ upstream: UpstreamConnection)
    /// A part of the body, without any transfer coding.
    func upstreamBody(_ upstream: UpstreamConnection, _ bytes: borrowing Span<UInt8>)
    /// Everything that came so far has been handed over.
    func upstreamPause(_ upstream: UpstreamConnection)
    /// What follows the body of an HTTP/2 upstream's answer; its end is told next.
    func upstreamTrailers(_ upstream: UpstreamConnection, _ trailers: HPACKHeaders)
    /// The answer is complete.
    func upstreamEnd(_ upstream: UpstreamConnection)
    func upstreamFailed(_ upstream: UpstreamConnection, _ failure: UpstreamFailure)
    /// The connection takes more of the request again, or takes no more for now.
    func upstreamWritable(_ upstream: UpstreamConnection, _ isWritable: Bool)
}

final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case idle
        case head
        case length(UInt64)
        case chunked
        case untilClose
        case tunnel
        case closed
    }

    let key: UpstreamKey
    private unowned let pool: UpstreamPool
    private let limits: Limits
    private weak var reader: (any UpstreamReader)?
    private var state = State.idle
    private var method = Method.get
    private var chunks = ChunkDecoder()
    private var context: ChannelHandlerContext?
    private var isHoldingReads = false
    private var readsLittle = false
    /// NIO's own number.
    private static let readsPerTurn: UInt = 4
    /// What came after the answer's head in the same read.
    private(set) var out = ByteBuffer()
    /// Bytes of the last lease, below TLS.
    private(set) var (received, sent): (UInt64, UInt64) = (0, 0)
    /// Those of the answer's chunked coding.
    private(set) var framingBytes: UInt64 = 0
    /// How many answers came over this connection.
    private(set) var answers = 0
    /// Whether the upstream said that it did nothing about the request.
    var isRefused = false
    /// Whether more came than the answer's length says.
    private(set) var hasExcess = false
    /// The system's error that ended the connection.
    private var systemError: Int32?
    /// When the connection was put back into the pool, in `TimerWheel` milliseconds.
    var idleSince: Int64 = 0

    /// How long the connection is kept when nobody uses it; nil as long as any.
    var idleMilliseconds: Int64?

    /// Where the connection waits between two requests.
    let idlePeers: IdleConnections

    init(key: UpstreamKey, pool: UpstreamPool, peers: IdleConnections, limits: Limits) {
        self.key = key
        self.pool = pool
        idlePeers = peers
        self.limits = limits
    }

    var isOpen: Bool {
        if case .closed = state { return false }
        return context?.channel.isActive ?? false
    }

    // MARK: - For the client connection

    /// Gives the connection to a reader, for one request of that method.
    func lease(to reader: any UpstreamReader, method: Method) {
        self.reader = reader
        self.method = method
        idleMilliseconds = nil
        state = .head
        (received, sent) = (0, 0)
        framingBytes = 0
        hasExcess = false
        let target = reader.responseTarget
        target.bytes.clear()
        target.head.reset(for: method)
    }

    /// Sends what `fill` writes, at once.
    func send(_ fill: (inout ByteBuffer) -> Void) {
        guard let context else { return }
        out.clear()
        fill(&out)
        sent &+= UInt64(out.readableBytes)
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
    }

    /// Sends a buffer that somebody else filled.
    func send(_ buffer: ByteBuffer) {
        sent &+= UInt64(buffer.readableBytes)
        context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Stops or goes on reading, for back-pressure.
    func holdReads(_ hold: Bool) {
        guard hold != isHoldingReads, let context else { return }
        isHoldingReads = hold
        try? context.channel.syncOptions?.setOption(.autoRead, value: !hold)
        if !hold { context.read() }
    }

    /// How much is read before other connections of the event loop have their turn: one buffer, where what is done
    /// with it takes time.
    func readLittle(_ isLittle: Bool) {
        guard isLittle != readsLittle else { return }
        readsLittle = isLittle
        let count: UInt = isLittle ? 1 : Self.readsPerTurn
        try? context?.channel.syncOptions?.setOption(.maxMessagesPerRead, value: count)
    }

    /// Ends the lease: back into the pool if another request may follow, closed otherwise.
    func release(reusable: Bool) {
        reader = nil
        guard reusable, !key.speaksHTTP2, case .idle = state, isOpen else { return close() }
        holdReads(false)
        readLittle(false)
        pool.giveBack(self)
    }

    func close() {
        reader = nil
        state = .closed
        context?.close(promise: nil)
    }

    /// Closes when everything is written; an upstream that takes too long for it does not get the rest.
    func closeAfterWrites() {
        reader = nil
        state = .closed
        guard let context else { return }
        let end = NIOLoopBound(context, eventLoop: context.eventLoop)
        let timeout = context.eventLoop.scheduleTask(in: .milliseconds(limits.sendMilliseconds)) {
            end.value.close(promise: nil)
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in
            timeout.cancel()
            end.value.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    // MARK: - Channel handler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        pool.began(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        pool.ended(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        received &+= UInt64(buffer.readableBytes)
        switch state {
        case .idle, .closed:
            // An upstream that speaks unasked can't be trusted with the next request.
            discard()
        case .head:
            guard let reader else { return close() }
            reader.responseTarget.bytes.writeImmutableBuffer(buffer)
            readHead(reader)
        case .length, .chunked, .untilClose, .tunnel:
            take(buffer.readableBytesUInt8Span)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        reader?.upstreamPause(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let reader = reader
        let ended = state
        state = .closed
        self.reader = nil
        guard let reader else { return pool.forget(self) }
        switch ended {
        case .untilClose, .tunnel: reader.upstreamEnd(self)
        default: reader.upstreamFailed(self, isRefused ? .refused : .closed(systemError))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError { systemError = error.errnoCode }
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        reader?.upstreamWritable(self, context.channel.isWritable)
    }

    // MARK: - Reading answers

    func take(trailers: HPACKHeaders) {
        reader?.upstreamTrailers(self, trailers)
    }

    private func discard() {
        pool.forget(self)
        close()
    }

    private func readHead(_ reader: any UpstreamReader) {
        let target = reader.responseTarget
        while case .head = state {
            let buffer = target.bytes
            switch target.head.parse(buffer.readableBytesUInt8Span, limits: limits.responseHead) {
            case .needMore: return
            case .invalid(let fault): return fail(.malformed(Self.malformation(fault, target.head)))
            case .complete where target.head.isInterim: skipInterim(target)
            case .complete: beginBody(reader, target)
            }
        }
    }

    /// A 100 or 103 is for the hop it was sent on; the answer follows.
    private func skipInterim(_ target: ExchangeResponse) {
        target.bytes.moveReaderIndex(forwardBy: target.head.byteCount)
        target.head.reset(for: method)
    }

    private func beginBody(_ reader: any UpstreamReader, _ target: ExchangeResponse) {
        answers += 1
        switch target.head.framing {
        case _ where target.head.isUpgrade: state = .tunnel
        case .none, .length(0): state = .idle
        case .length(let count): state = .length(count)
        case .chunked:
            state = .chunked
            chunks = ChunkDecoder()
        case .untilClose: state = .untilClose
        }
        let headCount = target.head.byteCount
        let rest = target.bytes.readableBytes - headCount
        reader.upstreamHead(self)
        // The reader may have given the connection up at the sight of the head.
        guard self.reader === reader else { return }
        if case .idle = state {
            if rest > 0 { state = .closed }
            return reader.upstreamEnd(self)
        }
        guard rest > 0 else { return }
        let buffer = target.bytes
        take(buffer.readableBytesUInt8Span.extracting(droppingFirst: headCount))
    }

    private func take(_ bytes: borrowing Span<UInt8>) {
        guard let reader, bytes.count > 0 else { return }
        switch state {
        case .length(let remaining):
            let count = Int(min(UInt64(bytes.count), remaining))
            reader.upstreamBody(self, bytes.extracting(first: count))
            guard self.reader === reader else { return }
            guard UInt64(count) == remaining else {
                state = .length(remaining - UInt64(count))
                return
            }
            // Bytes after the answer's end belong to nobody: the connection is not used again.
            hasExcess = count < bytes.count
            state = hasExcess ? .closed : .idle
            reader.upstreamEnd(self)
        case .chunked: takeChunks(bytes, reader)
        case .untilClose, .tunnel: reader.upstreamBody(self, bytes)
        case .idle, .head, .closed: break
        }
    }

    private func takeChunks(_ bytes: borrowing Span<UInt8>, _ reader: any UpstreamReader) {
        var offset = 0
        while offset < bytes.count {
            let start = offset
            let event = chunks.next(bytes, at: &offset)
            framingBytes &+= UInt64(offset - start)
            switch event {
            case .data(let slice):
                framingBytes &-= UInt64(slice.count)
                reader.upstreamBody(self, bytes.extracting(slice.range))
                guard self.reader === reader else { return }
            case .needMore: return
            case .end:
                state = offset == bytes.count ? .idle : .closed
                return reader.upstreamEnd(self)
            case .invalid: return fail(.malformed(.chunks))
            }
        }
    }

    private static func malformation(_ fault: HeadFault, _ head: ResponseHead) -> MalformedAnswer {
        if fault == .headerTooLarge { return .tooLargeHead }
        return head.status == 0 ? .statusLine : .header
    }

    private func fail(_ failure: UpstreamFailure) {
        let reader = reader
        close()
        reader?.upstreamFailed(self, failure)
    }
}
