// What NIO's handler does not do, done to the frames that leave it. A fault of the connection as a whole ends it: NIO
// reports one like a fault of a stream, and only the GOAWAY that goes out tells them apart. And a header block on a
// stream whose request has ended is answered with the code that RFC 9113 has for it.

import NIOCore
import NIOHTTP2

/// Sits between the frames and the network, and closes the connection behind a GOAWAY that names an error.
final class FrameWatch: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private var context: ChannelHandlerContext?
    private var isOver = false
    /// Whether the next buffer is what a DATA frame carries, whatever it looks like.
    private var isPayloadNext = false
    /// A reset for a fault of protocol, which waits to hear what the fault was.
    private var reset: ByteBuffer?

    private static let data: UInt8 = 0
    private static let resetStream: UInt8 = 3
    private static let goAway: UInt8 = 7
    private static let headerBytes = 9
    /// Type and error code within a frame (RFC 9113, sections 4.1 and 6.8).
    private static let typeOffset = 3
    private static let codeOffset = 13
    private static let resetCodeOffset = 9

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
            if isProtocolReset(frame) {
                promise?.succeed(())
                return keep(frame, context)
            }
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

    // MARK: - Resets

    private func isProtocolReset(_ frame: ByteBuffer) -> Bool {
        let start = frame.readerIndex
        return frame.getInteger(at: start + Self.typeOffset, as: UInt8.self) == Self.resetStream
            && frame.getInteger(at: start + Self.resetCodeOffset, as: UInt32.self) == Self.code(.protocolError)
    }

    /// NIO writes a reset and only then reports the fault; both happen before anything else on the loop.
    private func keep(_ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        release()
        reset = frame
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.release() }
    }

    /// The fault of the last reset was a header block after the end of the request (RFC 9113, section 5.1).
    func nameClosedStream() {
        guard var frame = reset else { return }
        frame.setInteger(Self.code(.streamClosed), at: frame.readerIndex + Self.resetCodeOffset)
        reset = frame
        release()
    }

    private func release() {
        guard let frame = reset, let context else { return }
        reset = nil
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(frame)), promise: nil)
    }

    private static func code(_ code: HTTP2ErrorCode) -> UInt32 {
        UInt32(http2ErrorCode: code)
    }
}
