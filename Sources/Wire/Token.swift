// Comma-separated values of header fields, as ranges into the head.

enum Token {
    /// Whether the bytes at `slice` are `literal`, which is in small letters, the case of letters aside.
    static func equals(_ bytes: RawSpan, _ slice: Slice, _ literal: StaticString) -> Bool {
        guard Int(slice.count) == literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { text in
            for index in 0..<text.count
            where Ascii.lowercased(AsciiWord.byte(bytes, Int(slice.start) &+ index)) != text[index] {
                return false
            }
            return true
        }
    }
}

/// The members of a comma-separated list, without the blanks around them; empty members are skipped
/// (RFC 9110 section 5.6.1).
struct TokenList {
    private var position: Int
    private let end: Int

    init(_ value: Slice) {
        position = Int(value.start)
        end = Int(value.end)
    }

    mutating func next(_ bytes: RawSpan) -> Slice? {
        while position < end {
            let comma = ByteScan.first(Ascii.comma, in: bytes, from: position, to: end)
            let member = FieldLine.trimmed(bytes, position, comma)
            position = comma &+ 1
            if !member.isEmpty { return member }
        }
        return nil
    }
}
