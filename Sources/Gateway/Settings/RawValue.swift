// The value of a property as a file or variable has it, before it is known what it should be.

/// A text with its comment taken off, and whether Kong takes it for a number.
package struct RawValue: Sendable, Hashable {
    package let text: String
    /// Set when a file has the value as a bare number. Kong's reader makes it one on the spot, which is why texts of
    /// digits are refused for most properties; variables are always texts.
    package let number: Double?

    /// The value as written in a file.
    package init(inFile written: String) {
        let startsLikeNumber = written.first.map { $0.isASCII && $0.isNumber || $0 == "+" || $0 == "-" } ?? false
        number = startsLikeNumber ? Self.number(from: written) : nil
        text = Self.withoutComment(written)
    }

    /// The value as given by an environment variable or the command line.
    package init(asText written: String) {
        number = nil
        text = Self.withoutComment(written)
    }

    /// A number in decimal or hexadecimal notation; nil for anything else, infinities included.
    package static func number(from text: String) -> Double? {
        guard let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// Drops a comment: everything from the first '#' that has a character other than a backslash before it, that
    /// character included (Kong's rule, odd as it is). `\#` stands for '#'.
    static func withoutComment(_ written: String) -> String {
        let bytes = Array(written.utf8)
        let hash = UInt8(ascii: "#")
        let backslash = UInt8(ascii: "\\")
        var end = bytes.count
        for place in bytes.indices.dropFirst() where bytes[place] == hash && bytes[place - 1] != backslash {
            end = place - 1
            break
        }
        var kept: [UInt8] = []
        for place in 0..<end where !(bytes[place] == backslash && place + 1 < end && bytes[place + 1] == hash) {
            kept.append(bytes[place])
        }
        return String(decoding: kept, as: UTF8.self).trimmed
    }

    /// The opposite of `withoutComment`, for values that are written to a file.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if character == "#" { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }
}

extension StringProtocol {
    /// Without the blanks and control characters at both ends.
    var trimmed: String {
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !Self.isBlank($0) }),
            let last = bytes.lastIndex(where: { !Self.isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 9...13 ~= byte }
}
