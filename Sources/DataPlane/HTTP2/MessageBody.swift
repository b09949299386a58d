// The body of an HTTP/1 message in pieces for DATA frames: what is there is passed on as slices, never copied.

import NIOCore
import Wire

/// Takes a body out of the bytes that a connection writes.
struct MessageBody {
    enum Piece {
        case data(ByteBuffer)
        case needMore
        case end
        case invalid
    }

    private var framing: BodyFraming
    private var remaining: UInt64 = 0
    private var chunks = ChunkDecoder()

    init(_ framing: BodyFraming) {
        self.framing = framing
        if case .length(let count) = framing { remaining = count }
    }

    /// Whether only the end of the connection ends the body.
    var endsWithConnection: Bool { framing == .untilClose }

    /// The next piece of `buffer`, which loses it.
    mutating func next(_ buffer: inout ByteBuffer) -> Piece {
        switch framing {
        case .none: return .end
        case .length: return nextOfLength(&buffer)
        case .chunked: return nextChunk(&buffer)
        case .untilClose:
            guard let all = buffer.readSlice(length: buffer.readableBytes), all.readableBytes > 0 else {
                return .needMore
            }
            return .data(all)
        }
    }

    private mutating func nextOfLength(_ buffer: inout ByteBuffer) -> Piece {
        guard remaining > 0 else { return .end }
        let count = Int(min(UInt64(buffer.readableBytes), remaining))
        guard count > 0, let piece = buffer.readSlice(length: count) else { return .needMore }
        remaining -= UInt64(count)
        return .data(piece)
    }

    private mutating func nextChunk(_ buffer: inout ByteBuffer) -> Piece {
        var position = 0
        let bytes = buffer
        let event = chunks.next(bytes.readableBytesUInt8Span, at: &position)
        buffer.moveReaderIndex(forwardBy: position)
        switch event {
        case .data(let slice):
            let start = bytes.readerIndex + Int(slice.start)
            return bytes.getSlice(at: start, length: Int(slice.count)).map { .data($0) } ?? .invalid
        case .needMore: return .needMore
        case .end: return .end
        case .invalid: return .invalid
        }
    }
}
