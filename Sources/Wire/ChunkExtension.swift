// The extensions after a chunk's size (RFC 9112 section 7.1.1): `;name`, `;name=token` or `;name="text"`. Nobody
// here reads them, but what is skipped must be well-formed, or two parsers may skip to different places.

struct ChunkExtension: Sendable {
    private enum State { case nameStart, name, valueStart, value, quoted, escaped, quoteEnd }

    private var state = State.nameStart

    /// Whether the line may end here, or another extension begin.
    var isComplete: Bool { state == .name || state == .value || state == .quoteEnd }

    /// Takes one byte after the first semicolon; false when it may not stand here.
    mutating func take(_ byte: UInt8) -> Bool {
        if byte == Ascii.semicolon, isComplete {
            state = .nameStart
            return true
        }
        switch state {
        case .nameStart, .name: return takeName(byte)
        case .valueStart, .value: return takeValue(byte)
        case .quoted, .escaped: return takeQuoted(byte)
        case .quoteEnd: return false
        }
    }

    private mutating func takeName(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "="), state == .name {
            state = .valueStart
            return true
        }
        state = .name
        return Ascii.isToken(byte)
    }

    private mutating func takeValue(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "\""), state == .valueStart {
            state = .quoted
            return true
        }
        state = .value
        return Ascii.isToken(byte)
    }

    private mutating func takeQuoted(_ byte: UInt8) -> Bool {
        if state == .quoted, byte == UInt8(ascii: "\"") {
            state = .quoteEnd
        } else {
            state = state == .quoted && byte == UInt8(ascii: "\\") ? .escaped : .quoted
        }
        return Ascii.isText(byte)
    }
}
