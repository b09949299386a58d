// Texts on their way to PostgreSQL: quoting, array literals and C strings.

import Glibc

enum PostgresText {
    static func identifier(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// A text constant for statements that take no values. Backslashes mean themselves
    /// (standard_conforming_strings has been on since PostgreSQL 9.1).
    static func literal(_ text: String) -> String {
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        return text.utf8.contains(UInt8(ascii: "\\")) ? " E" + quoted.replacing("\\", with: "\\\\") : quoted
    }

    /// `{"a","b"}`, the text form of a one-dimensional array.
    static func array(_ elements: some Sequence<String>) -> String {
        var text: [UInt8] = [UInt8(ascii: "{")]
        for element in elements {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            text.append(UInt8(ascii: "\""))
            for byte in element.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
                text.append(byte)
            }
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }

    /// The texts as a C array that ends with NULL; nil elements are NULL. Valid within `body`.
    static func withCStrings<Value, Failure: Error>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let copies = texts.map { $0.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        let pointers = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: copies.count + 1)
        defer { pointers.deallocate() }
        for (place, copy) in copies.enumerated() { pointers[place] = copy.map { UnsafePointer($0) } }
        pointers[copies.count] = nil
        return try body(pointers)
    }
}
