// Between the HTTP/1 bytes that an UpstreamConnection writes and reads and the frames of one stream to an HTTP/2
// upstream: the counterpart of StreamCodec.

import NIOCore
import NIOHPACK
import NIOHTTP2
import PluginKit
import Wire

final class UpstreamCodec: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = HTTP2Frame.FramePayload

    private enum Request {
        case head
        case body(MessageBody)
        case complete
    }

    private enum Answer {
        case head
        case body(StreamFraming)
        case complete
    }

    private let connection: UpstreamConnection
    private let upstream: HTTP2Upstream
    private var request = Request.head
    private var answer = Answer.head
    private var isHead = false

    private static let headLimits: HeadLimits = {
        // The client's head was within its limits; what the gateway adds has none.
        var limits = HeadLimits()
        limits.startLineBytes = 1 << 20
        limits.headBytes = 1 << 20
        limits.headerLineBytes = 1 << 20
        limits.headerCount = 10_000
        return limits
    }()

    init(_ connection: UpstreamConnection, of upstream: HTTP2Upstream) {
        self.connection = connection
        self.upstream = upstream
    }

    // MARK: - The request

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var bytes = unwrapOutboundIn(data)
        if case .head = request, bytes.readableBytes > 0 { takeHead(&bytes, context) }
        takeBody(&bytes, context)
        promise?.succeed(())
    }

    /// A head is written at once, with what there is of the body behind it.
    private func takeHead(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        var head = RequestHead()
        guard head.parse(bytes.readableBytesUInt8Span, limits: Self.headLimits) == .complete else {
            return context.close(promise: nil)
        }
        isHead = head.method == .head
        let block = RequestFields.block(head, of: bytes, isTLS: connection.key.usesTLS)
        bytes.moveReaderIndex(forwardBy: head.byteCount)
        let hasNoBody = head.framing == .none || head.framing == .length(0)
        request = hasNoBody ? .complete : .body(MessageBody(head.framing))
        context.write(wrapOutboundOut(.headers(.init(headers: block, endStream: hasNoBody))), promise: nil)
    }

    private func takeBody(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .body(var body) = request else { return }
        while true {
            switch body.next(&bytes) {
            case .data(let piece): write(piece, endsStream: false, context)
            case .needMore:
                request = .body(body)
                return
            case .end:
                request = .complete
                return write(ByteBuffer(), endsStream: true, context)
            case .invalid: return context.close(promise: nil)
            }
        }
    }

    private func write(_ piece: ByteBuffer, endsStream: Bool, _ context: ChannelHandlerContext) {
        let frame = HTTP2Frame.FramePayload.Data(data: .byteBuffer(piece), endStream: endsStream)
        context.write(wrapOutboundOut(.data(frame)), promise: nil)
    }

    // MARK: - The answer

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
        guard case .head = answer else {
            connection.take(trailers: frame.headers)
            return takeData(ByteBuffer(), endsStream: frame.endStream, context)
        }
        guard let made = AnswerHead.write(frame.headers, toHead: isHead, endsStream: frame.endStream) else {
            return context.close(promise: nil)
        }
        let isInterim = frame.headers.first(name: ":status")?.hasPrefix("1") ?? false
        if !isInterim { answer = frame.endStream ? .complete : .body(made.framing) }
        context.fireChannelRead(wrapInboundOut(made.bytes))
    }

    private func takeData(_ bytes: ByteBuffer, endsStream: Bool, _ context: ChannelHandlerContext) {
        guard case .body(let framing) = answer else { return }
        if endsStream { answer = .complete }
        if let made = framing.bytes(for: bytes, endsStream: endsStream) {
            context.fireChannelRead(wrapInboundOut(made))
        }
    }

    // MARK: - The end

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // A stream that is complete both ways is about to end by itself.
        if case .complete = answer, case .complete = request {
            promise?.succeed(())
        } else {
            context.close(promise: promise)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let end = error as? NIOHTTP2Errors.StreamClosed else { return context.fireErrorCaught(error) }
        connection.isRefused = end.errorCode == .refusedStream || upstream.didNotTake(end.streamID)
    }
}
