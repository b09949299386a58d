// What NIO's handler does not do, done to the frames that leave it: a fault of the connection as a whole ends it. NIO
// reports one like a fault of a stream, and only the GOAWAY that goes out tells them apart.

import NIOCore
import NIOHTTP2

/// Sits between the frames and the network, and closes the connection behind a GOAWAY that names an error.
final class FrameWatch: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private var isOver = false
    /// Whether the next buffer is what a DATA frame carries, whatever it looks like.
    private var isPayloadNext = false

    private static let data: UInt8 = 0
    private static let goAway: UInt8 = 7
    private static let headerBytes = 9
    /// Type and error code within a frame (RFC 9113, sections 4.1 and 6.8).
    private static let typeOffset = 3
    private static let codeOffset = 13

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isPayloadNext {
            isPayloadNext = false
        } else if case .byteBuffer(let frame) = unwrapOutboundIn(data) {
            look(at: frame)
        }
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard isOver else { return }
        isOver = false
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.close(promise: nil) }
    }

    /// Every frame is one buffer, but for DATA, whose header and bytes are two.
    private func look(at frame: ByteBuffer) {
        let start = frame.readerIndex
        switch frame.getInteger(at: start + Self.typeOffset, as: UInt8.self) {
        case Self.data:
            let length = frame.getInteger(at: start, as: UInt32.self).map { $0 >> 8 } ?? 0
            isPayloadNext = length > 0 && frame.readableBytes == Self.headerBytes
        case Self.goAway: isOver = frame.getInteger(at: start + Self.codeOffset, as: UInt32.self) != 0
        default: break
        }
    }
}
