// Chunked transfer coding (RFC 9112 section 7.1), byte-exact: what a chunk has beyond its size, a bare LF or a
// size in any other notation is refused, since two parsers would cut the body differently.

/// Takes a chunked body apart as it comes. It holds no bytes: data is told as ranges of what was given.
package struct ChunkDecoder: Sendable {
    package enum Event: Sendable, Equatable {
        /// Body bytes, as a range of the span given.
        case data(Slice)
        /// All bytes given are used up.
        case needMore
        /// The body is whole; bytes from the position on belong to the next message.
        case end
        /// The body is malformed; the connection cannot be used any further.
        case invalid
    }

    private enum State {
        case sizeStart, size, sizeLineFeed, extensions, data, dataReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, endLineFeed, finished, broken
    }

    /// 16 hexadecimal digits fill 64 bits; leading zeros beyond that are no use to anyone.
    private static let mostSizeDigits = 16
    private static let trailerBytes = 8192
    private static let extensionBytes = 4096

    private var state = State.sizeStart
    private var remaining: UInt64 = 0
    private var sizeDigits = 0
    private var trailerBudget = Self.trailerBytes
    private var chunkExtension = ChunkExtension()
    private var extensionBudget = Self.extensionBytes

    package init() {}

    package var isFinished: Bool { state == .finished }

    /// Decodes from `position` on and moves it past what was used. Call again until it is not `.data`.
    package mutating func next(_ bytes: Span<UInt8>, at position: inout Int) -> Event {
        while position < bytes.count {
            if state == .finished { return .end }
            if state == .data { return takeData(bytes.count, &position) }
            guard step(bytes[position]) else {
                state = .broken
                return .invalid
            }
            position &+= 1
        }
        return state == .finished ? .end : state == .broken ? .invalid : .needMore
    }

    private mutating func takeData(_ end: Int, _ position: inout Int) -> Event {
        let count = Int(min(remaining, UInt64(end &- position)))
        let slice = Slice(position, position &+ count)
        position &+= count
        remaining &-= UInt64(count)
        if remaining == 0 { state = .dataReturn }
        // A peer may not make us skip more extension bytes than it sends data, save for a first allowance.
        extensionBudget = min(Self.extensionBytes, extensionBudget &+ count)
        return .data(slice)
    }

    /// One byte outside the data; false when it may not stand here.
    private mutating func step(_ byte: UInt8) -> Bool {
        switch state {
        case .sizeStart, .size: return takeSize(byte)
        case .extensions: return takeExtension(byte)
        case .sizeLineFeed: return expect(byte, Ascii.lineFeed, then: remaining == 0 ? .trailerStart : .data)
        case .dataReturn: return expect(byte, Ascii.carriageReturn, then: .dataLineFeed)
        case .dataLineFeed: return expect(byte, Ascii.lineFeed, then: .sizeStart)
        case .trailerStart, .trailerName, .trailerValue: return takeTrailer(byte)
        case .trailerLineFeed: return expect(byte, Ascii.lineFeed, then: .trailerStart)
        case .endLineFeed: return expect(byte, Ascii.lineFeed, then: .finished)
        case .data, .finished, .broken: return false
        }
    }

    private mutating func expect(_ byte: UInt8, _ wanted: UInt8, then next: State) -> Bool {
        state = next
        return byte == wanted
    }

    private mutating func takeSize(_ byte: UInt8) -> Bool {
        if let digit = Ascii.hexValue(byte) {
            if state == .sizeStart { (remaining, sizeDigits, state) = (0, 0, .size) }
            sizeDigits &+= 1
            remaining = remaining &<< 4 | UInt64(digit)
            return sizeDigits <= Self.mostSizeDigits && remaining <= UInt64(Int64.max)
        }
        guard state == .size else { return false }
        if byte == Ascii.carriageReturn { return expect(byte, byte, then: .sizeLineFeed) }
        chunkExtension = ChunkExtension()
        return expect(byte, Ascii.semicolon, then: .extensions)
    }

    private mutating func takeExtension(_ byte: UInt8) -> Bool {
        if byte == Ascii.carriageReturn, chunkExtension.isComplete { return expect(byte, byte, then: .sizeLineFeed) }
        extensionBudget &-= 1
        return extensionBudget >= 0 && chunkExtension.take(byte)
    }

    /// Trailer fields are checked and dropped, as nginx drops them.
    private mutating func takeTrailer(_ byte: UInt8) -> Bool {
        trailerBudget &-= 1
        guard trailerBudget >= 0 else { return false }
        if byte == Ascii.carriageReturn {
            guard state != .trailerName else { return false }
            return expect(byte, byte, then: state == .trailerStart ? .endLineFeed : .trailerLineFeed)
        }
        if state == .trailerValue { return Ascii.isText(byte) }
        if byte == Ascii.colon, state == .trailerName { return expect(byte, byte, then: .trailerValue) }
        state = .trailerName
        return Ascii.isToken(byte)
    }
}
