// The protocol version at the end of a request line or the start of a status line.

enum HTTPVersion {
    enum Outcome {
        /// HTTP/1.n. A minor version above 1 is served as HTTP/1.1 (RFC 9110 section 2.5).
        case one(minor: UInt8)
        /// Well-formed, but 2.0 or later.
        case unsupported
        case malformed
    }

    private static let length = 8

    /// The version that the bytes from `start` to `end` are, neither more nor less.
    @inline(__always)
    static func parse(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Outcome {
        if end &- start == length {
            let word = AsciiWord.load(bytes, start)
            if word == AsciiWord.of("HTTP/1.1") { return .one(minor: 1) }
            if word == AsciiWord.of("HTTP/1.0") { return .one(minor: 0) }
        }
        return parseUncommon(bytes, start, end)
    }

    private static func parseUncommon(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Outcome {
        let prefix = 5
        guard end &- start > prefix, AsciiWord.load(bytes, start, count: prefix) == AsciiWord.of("HTTP/") else {
            return .malformed
        }
        // nginx decides at the first digit: whatever follows a 2, the version is not one it speaks.
        let major = AsciiWord.byte(bytes, start &+ prefix)
        if major >= UInt8(ascii: "2"), Ascii.isDigit(major) { return .unsupported }
        guard end &- start == length, AsciiWord.load(bytes, start, count: 7) == AsciiWord.of("HTTP/1.") else {
            return .malformed
        }
        let minor = AsciiWord.byte(bytes, start &+ 7)
        return Ascii.isDigit(minor) ? .one(minor: minor &- Ascii.zero) : .malformed
    }
}
