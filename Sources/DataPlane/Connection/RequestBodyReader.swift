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

    init() {}

    init(_ framing: BodyFraming) {
        self.framing = framing
        if case .length(let count) = framing { remaining = count }
        isComplete = framing == .none || framing == .length(0)
    }

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
        switch chunks.next(bytes, at: &offset) {
        case .data(let slice):
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
