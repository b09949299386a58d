// Finds the parts of a request's body in the bytes of the connection.

import Wire

/// Reads a body by its framing.
struct RequestBodyReader {
    enum Part {
        /// Bytes of the body, as a range of the bytes given.
        case data(Range<Int>)
        case needMore
        case end
        case invalid
    }

    private var framing = BodyFraming.none
    private var remaining: UInt64 = 0
    private var chunks = ChunkDecoder()
    private(set) var isComplete = true
    /// Bytes of the body seen so far.
    private(set) var byteCount: UInt64 = 0
    /// Those of its chunked coding.
    private var framingCount: UInt64 = 0

    init() {}

    init(_ framing: BodyFraming) {
        self.framing = framing
        if case .length(let count) = framing { remaining = count }
        isComplete = framing == .none || framing == .length(0)
    }

    /// Bytes of the body as the client sent it.
    var receivedBytes: UInt64 { byteCount + framingCount }

    /// The next part at `offset`, which moves behind it.
    mutating func next(_ bytes: borrowing Span<UInt8>, _ offset: inout Int) -> Part {
        if isComplete { return .end }
        if framing == .chunked { return nextChunk(bytes, &offset) }
        let count = Int(min(UInt64(bytes.count - offset), remaining))
        guard count > 0 else { return .needMore }
        remaining -= UInt64(count)
        byteCount += UInt64(count)
        isComplete = remaining == 0
        defer { offset += count }
        return .data(offset..<offset + count)
    }

    private mutating func nextChunk(_ bytes: borrowing Span<UInt8>, _ offset: inout Int) -> Part {
        let start = offset
        let event = chunks.next(bytes, at: &offset)
        framingCount += UInt64(offset - start)
        switch event {
        case .data(let slice):
            framingCount -= UInt64(slice.count)
            byteCount += UInt64(slice.count)
            return .data(slice.range)
        case .needMore: return .needMore
        case .end:
            isComplete = true
            return .end
        case .invalid: return .invalid
        }
    }
}
