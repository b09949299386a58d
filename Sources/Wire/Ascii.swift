// Bytes by name and by class, and comparisons that overlook the case of ASCII letters.

package enum Ascii {
    package static let tab: UInt8 = 0x09
    package static let lineFeed: UInt8 = 0x0A
    package static let carriageReturn: UInt8 = 0x0D
    package static let space: UInt8 = 0x20
    package static let hash: UInt8 = 0x23
    package static let percent: UInt8 = 0x25
    package static let comma: UInt8 = 0x2C
    package static let dash: UInt8 = 0x2D
    package static let dot: UInt8 = 0x2E
    package static let slash: UInt8 = 0x2F
    package static let zero: UInt8 = 0x30
    package static let colon: UInt8 = 0x3A
    package static let semicolon: UInt8 = 0x3B
    package static let question: UInt8 = 0x3F

    /// A byte with 'A'...'Z' turned small.
    @inlinable
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inlinable
    package static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inlinable
    package static func isUppercase(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    @inlinable
    package static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    @inlinable
    package static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// A character of a token: header names and methods (RFC 9110 section 5.6.2).
    package static func isToken(_ byte: UInt8) -> Bool {
        if isLetter(byte) || isDigit(byte) { return true }
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"),
            UInt8(ascii: "~"):
            return true
        default:
            return false
        }
    }

    /// A character of a header value: no control byte but the tab (RFC 9110 section 5.5).
    @inlinable
    package static func isText(_ byte: UInt8) -> Bool { (byte >= 0x20 || byte == 0x09) && byte != 0x7F }

    /// The value of a hexadecimal digit in either case; nil for any other byte.
    @inlinable
    package static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}

extension Span where Element == UInt8 {
    /// Whether these bytes are `literal`, the case of ASCII letters aside.
    package func equalsIgnoringCase(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { text in
            for index in 0..<text.count where Ascii.lowercased(self[index]) != Ascii.lowercased(text[index]) {
                return false
            }
            return true
        }
    }

    /// Whether these bytes are those of `other`, the case of ASCII letters aside.
    package func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where Ascii.lowercased(self[index]) != Ascii.lowercased(other[index]) {
            return false
        }
        return true
    }

    /// Whether these bytes are exactly `literal`.
    package func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { text in
            for index in 0..<text.count where self[index] != text[index] { return false }
            return true
        }
    }
}
