// Finds the lines of a head as bytes arrive. It remembers how far it has looked, so a head that comes in
// many small pieces costs no more than one that comes at once.

struct LineReader: Sendable {
    enum Outcome {
        /// A line from `lineStart` up to the CR at `end`; `advance` goes to the next one.
        case line(end: Int)
        case needMore
        case tooLong
        /// A control byte, a CR without LF or an LF without CR: all of them have been used to smuggle requests
        /// past one of two parsers (RFC 9112 sections 2.2 and 11.2), so none is repaired.
        case malformed
    }

    /// The offset of the first byte of the current line.
    private(set) var lineStart = 0
    private var scanned = 0

    /// Looks for the end of the current line, which must not reach beyond `limit` bytes from the head's start.
    mutating func next(_ bytes: RawSpan, limit: Int) -> Outcome {
        let end = min(bytes.byteCount, limit)
        let at = ByteScan.firstControl(bytes, from: scanned, to: end)
        scanned = at
        guard at < end else { return at >= limit ? .tooLong : .needMore }
        guard AsciiWord.byte(bytes, at) == Ascii.carriageReturn else { return .malformed }
        guard at &+ 1 < end else { return at &+ 1 >= limit ? .tooLong : .needMore }
        guard AsciiWord.byte(bytes, at &+ 1) == Ascii.lineFeed else { return .malformed }
        return .line(end: at)
    }

    /// Steps over the line that ended at `end`.
    mutating func advance(past end: Int) {
        lineStart = end &+ 2
        scanned = lineStart
    }
}
