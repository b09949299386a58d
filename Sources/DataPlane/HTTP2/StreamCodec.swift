// Between the frames of one HTTP/2 stream and the HTTP/1 bytes that a ClientConnection reads and writes, so that there
// is one life of a request and not two.

import NIOCore
import NIOHPACK
import NIOHTTP2
import PluginKit
import Wire

final class StreamCodec: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// How far the request has come.
    private enum Request {
        case head
        case body(StreamFraming)
        case complete
    }

    /// How far the answer has come.
    private enum Answer {
        case head
        case body(MessageBody)
        /// Its last frame is passed on.
        case complete
        /// The stream ends without the rest of it.
        case broken
    }

    private let connection: ClientConnection
    private var request = Request.head
    private var answer = Answer.head
    private var head = ResponseHead()
    /// The beginning of a head whose rest has still to be written.
    private var held = ByteBuffer()
    /// A header block that waits for what follows: nothing more, and it ends the stream.
    private var block: HPACKHeaders?
    /// The same for bytes of the body.
    private var piece: ByteBuffer?
    /// Whether the answer's last frame has left, or the stream has ended.
    private var isSent = false
    private var whenSent: EventLoopPromise<Void>?
    private var isFlushing = false
    /// Whether the connection has still to hear that the stream has ended.
    private var owesEnd = false
    /// Whether the rest of the request is thrown away, how much was, and what ends that.
    private var isLingering = false
    private var discarded = 0
    private var lingering: Scheduled<Void>?

    /// As much of a request's rest as is read before the stream is ended.
    private static let lingeringBytes = 64 * 1024

    private static let headLimits: HeadLimits = {
        // The upstream's head was within its limits; what plugins add to it has none.
        var limits = HeadLimits.response
        limits.headBytes = 1 << 20
        limits.headerLineBytes = 1 << 20
        limits.headerCount = 10_000
        return limits
    }()

    init(_ connection: ClientConnection) {
        self.connection = connection
    }

    // MARK: - The request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame): takeBlock(frame, context)
        case .data(let frame):
            guard case .byteBuffer(let bytes) = frame.data else { return }
            takeData(bytes, endsStream: frame.endStream, context)
        default: break
        }
    }

    private func takeBlock(_ frame: HTTP2Frame.FramePayload.Headers, _ context: ChannelHandlerContext) {
        // A second block is one of trailers, which go no further, as in nginx.
        guard case .head = request else { return takeData(ByteBuffer(), endsStream: frame.endStream, context) }
        guard let made = StreamHead.write(frame.headers, endsStream: frame.endStream) else {
            return breakOff(context, .protocolError)
        }
        request = frame.endStream ? .complete : .body(made.framing)
        head.reset(for: frame.headers.first(name: ":method") == "HEAD" ? .head : .get)
        context.fireChannelRead(wrapInboundOut(made.bytes))
    }

    private func takeData(_ bytes: ByteBuffer, endsStream: Bool, _ context: ChannelHandlerContext) {
        guard case .body(let framing) = request else { return }
        if endsStream { request = .complete }
        if isLingering { return discard(bytes.readableBytes, context) }
        if let made = framing.bytes(for: bytes, endsStream: endsStream) {
            context.fireChannelRead(wrapInboundOut(made))
        }
    }

    /// Why a stream ended is told by its end; faults of what is sent end it.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !(error is NIOHTTP2Errors.StreamClosed) { context.fireErrorCaught(error) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // The connection is about to learn of its last write; it hears of the end when that is done.
        if isFlushing { owesEnd = true } else { end(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if owesEnd { end(context) }
        whenSent?.fail(ChannelError.alreadyClosed)
        whenSent = nil
    }

    private func end(_ context: ChannelHandlerContext) {
        owesEnd = false
        lingering?.cancel()
        lingering = nil
        sent()
        context.fireChannelInactive()
    }

    // MARK: - The answer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var bytes = unwrapOutboundIn(data)
        if held.readableBytes > 0 {
            held.writeBuffer(&bytes)
            bytes = held
            held = ByteBuffer()
        }
        readHeads(&bytes, context)
        readBody(&bytes, context)
        settle(promise)
    }

    func flush(context: ChannelHandlerContext) {
        isFlushing = true
        context.flush()
        isFlushing = false
    }

    private func readHeads(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        while case .head = answer, bytes.readableBytes > 0 {
            switch head.parse(bytes.readableBytesUInt8Span, limits: Self.headLimits) {
            case .needMore:
                held = bytes
                return
            case .invalid: return breakOff(context, .internalError)
            case .complete: takeHead(&bytes, context)
            }
        }
    }

    private func takeHead(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        let fields = AnswerFields.block(head, of: bytes)
        bytes.moveReaderIndex(forwardBy: head.byteCount)
        guard head.isInterim else {
            block = fields
            answer = .body(MessageBody(head.framing))
            return
        }
        context.write(wrapOutboundOut(.headers(.init(headers: fields))), promise: nil)
        head.reset(for: .get)
    }

    private func readBody(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .body(var body) = answer else { return }
        reading: while true {
            switch body.next(&bytes) {
            case .data(let next):
                writeWaiting(context)
                piece = next
            case .needMore: break reading
            case .end: return finish(context)
            case .invalid: return breakOff(context, .internalError)
            }
        }
        answer = .body(body)
        writeWaiting(context)
    }

    /// Writes what waited for what follows, since something does.
    private func writeWaiting(_ context: ChannelHandlerContext) {
        if let fields = block { write(fields, endsStream: false, context) }
        if let data = piece {
            piece = nil
            context.write(wrapOutboundOut(.data(.init(data: .byteBuffer(data)))), promise: nil)
        }
    }

    private func write(_ fields: HPACKHeaders, endsStream: Bool, _ context: ChannelHandlerContext) {
        block = nil
        let frame = HTTP2Frame.FramePayload.Headers(headers: fields, endStream: endsStream)
        context.write(wrapOutboundOut(.headers(frame)), promise: endsStream ? lastFrame(context) : nil)
    }

    /// Writes the last frame: the trailers, the last bytes, or the head where there are neither.
    private func finish(_ context: ChannelHandlerContext) {
        answer = .complete
        if let trailers = connection.takeTrailers() {
            writeWaiting(context)
            return write(trailers, endsStream: true, context)
        }
        if let fields = block, piece == nil { return write(fields, endsStream: true, context) }
        let last = piece ?? ByteBuffer()
        piece = nil
        writeWaiting(context)
        let frame = HTTP2Frame.FramePayload.Data(data: .byteBuffer(last), endStream: true)
        context.write(wrapOutboundOut(.data(frame)), promise: lastFrame(context))
    }

    /// The stream ends with its last frame, unless the client still sends.
    private func lastFrame(_ context: ChannelHandlerContext) -> EventLoopPromise<Void>? {
        if case .complete = request { return nil }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.sent() }
        return promise
    }

    private func sent() {
        isSent = true
        whenSent?.succeed(())
        whenSent = nil
    }

    /// Nobody waits for single writes; who waits, waits for the end of the answer.
    private func settle(_ promise: EventLoopPromise<Void>?) {
        guard let promise else { return }
        guard case .complete = answer, !isSent, !owesEnd else { return promise.succeed(()) }
        if let whenSent { whenSent.futureResult.cascade(to: promise) } else { whenSent = promise }
    }

    // MARK: - The end

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if owesEnd || !context.channel.isActive {
            promise?.succeed(())
            return
        }
        switch answer {
        case .complete where isSent: linger(context)
        case .complete, .broken: context.close(promise: nil)
        case .body(let body) where body.endsWithConnection:
            finish(context)
            context.flush()
        case .head, .body: breakOff(context, .internalError)
        }
        promise?.succeed(())
    }

    /// The answer is whole and the rest of the request not needed (RFC 9113, section 8.1). It is read on for a moment
    /// all the same: a client that reads the end of the stream together with the answer may lose the answer.
    private func linger(_ context: ChannelHandlerContext) {
        guard !isLingering else { return }
        isLingering = true
        if case .complete = request { return }
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let stream = NIOLoopBound(context, eventLoop: context.eventLoop)
        lingering = context.eventLoop.scheduleTask(in: .milliseconds(connection.limits.lingeringMilliseconds)) {
            bound.value.stopLingering(stream.value)
        }
    }

    private func discard(_ count: Int, _ context: ChannelHandlerContext) {
        discarded += count
        if discarded > Self.lingeringBytes { stopLingering(context) }
    }

    private func stopLingering(_ context: ChannelHandlerContext) {
        lingering?.cancel()
        lingering = nil
        if case .complete = request { return }
        request = .complete
        reset(context, .noError)
    }

    private func breakOff(_ context: ChannelHandlerContext, _ code: HTTP2ErrorCode) {
        answer = .broken
        request = .complete
        reset(context, code)
    }

    private func reset(_ context: ChannelHandlerContext, _ code: HTTP2ErrorCode) {
        context.writeAndFlush(wrapOutboundOut(.rstStream(code)), promise: nil)
    }
}
