// Ends a connection after a fault of the connection as a whole. NIO's handler answers it with a GOAWAY and reports it
// like a fault of one stream; what goes out is what tells them apart.

import NIOCore

/// Sits between the frames and the network, and closes the connection behind a GOAWAY that names an error.
final class GoAwayWatch: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private var context: ChannelHandlerContext?
    private var isOver = false
    /// Whether the next buffer is what a DATA frame carries, whatever it looks like.
    private var isPayloadNext = false

    private static let data: UInt8 = 0
    private static let goAway: UInt8 = 7
    private static let headerBytes = 9
    /// Type and error code within a frame (RFC 9113, sections 4.1 and 6.8).
    private static let typeOffset = 3
    private static let codeOffset = 13

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Tells the client that an end comes, naming no stream as the last. Past NIO's handler, which refuses every later
    /// stream as soon as none is open, and would refuse what the client sent before it could know.
    func announceEnd() {
        guard let context else { return }
        var frame = context.channel.allocator.buffer(capacity: Self.headerBytes + Self.announcement.count)
        frame.writeBytes([0, 0, UInt8(Self.announcement.count), Self.goAway, 0, 0, 0, 0, 0])
        frame.writeBytes(Self.announcement)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(frame)), promise: nil)
    }

    /// The highest number of a stream, and no error.
    private static let announcement: [UInt8] = [0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

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
