// What names and values of fields may be made of where they become lines of HTTP/1 (RFC 9113, section 8.2.1).

import Wire

enum FieldText {
    /// A name in small letters.
    static func isName(_ name: Span<UInt8>) -> Bool {
        for index in name.indices where !isNameByte(name[index]) { return false }
        return !name.isEmpty
    }

    /// A value that stays in its line, without blanks at its ends.
    static func isValue(_ value: Span<UInt8>) -> Bool {
        guard !value.isEmpty else { return true }
        if Ascii.isBlank(value[0]) || Ascii.isBlank(value[value.count - 1]) { return false }
        for index in value.indices where !isValueByte(value[index]) { return false }
        return true
    }

    /// A value without blanks and control characters.
    static func isWord(_ value: Span<UInt8>) -> Bool {
        for index in value.indices where value[index] <= 0x20 || value[index] == 0x7F { return false }
        return true
    }

    /// The same for strings.
    static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return isName(bytes.span)
    }

    static func isValue(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        return isValue(bytes.span)
    }

    @inline(__always)
    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != Ascii.colon && !Ascii.isUppercase(byte)
    }

    @inline(__always)
    private static func isValueByte(_ byte: UInt8) -> Bool {
        byte != 0 && byte != Ascii.lineFeed && byte != Ascii.carriageReturn
    }
}
