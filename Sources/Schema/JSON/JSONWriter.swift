// Writes JSON the way Kong's encoder does, byte for byte, since clients and log processors compare texts: `/` is
// escaped, DEL as well, and numbers have at most 14 digits.

extension JSON {
    /// The value as UTF-8 text.
    package var bytes: [UInt8] {
        var buffer: [UInt8] = []
        write(to: &buffer)
        return buffer
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package func write(to buffer: inout [UInt8]) {
        switch self {
        case .null: buffer.append(contentsOf: "null".utf8)
        case .bool(let value): buffer.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let value): buffer.append(contentsOf: value.isFinite ? value.luaText.utf8 : "null".utf8)
        case .string(let text): Self.write(text, to: &buffer)
        case .array(let items):
            buffer.append(UInt8(ascii: "["))
            for (place, item) in items.enumerated() {
                if place > 0 { buffer.append(UInt8(ascii: ",")) }
                item.write(to: &buffer)
            }
            buffer.append(UInt8(ascii: "]"))
        case .object(let members): members.write(to: &buffer)
        }
    }

    /// A quoted text with Kong's escapes.
    package static func write(_ text: String, to buffer: inout [UInt8]) {
        write(text.utf8Span.span, to: &buffer)
    }

    /// The same for bytes. They need not be UTF-8: what is not passes as it is, as in Kong.
    package static func write(_ text: Span<UInt8>, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        writeUnquoted(text, to: &buffer)
        buffer.append(UInt8(ascii: "\""))
    }

    /// Part of a text with Kong's escapes.
    package static func writeUnquoted(_ text: Span<UInt8>, to buffer: inout [UInt8]) {
        // Most texts need none, and are copied as a whole.
        if isPlain(text) { return buffer.append(text) }
        for index in text.indices { writeEscaped(text[index], to: &buffer) }
    }

    /// Without a way out of the loop the compiler looks at many bytes at once.
    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        var isPlain = true
        for index in text.indices {
            let byte = text[index]
            let isEscaped =
                (byte < 0x20) || (byte == 0x7F) || (byte == UInt8(ascii: "\"")) || (byte == UInt8(ascii: "\\"))
                || (byte == UInt8(ascii: "/"))
            isPlain = !isEscaped && isPlain
        }
        return isPlain
    }

    private static func writeEscaped(_ byte: UInt8, to buffer: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): buffer.append(contentsOf: #"\""#.utf8)
        case UInt8(ascii: "\\"): buffer.append(contentsOf: #"\\"#.utf8)
        case UInt8(ascii: "/"): buffer.append(contentsOf: #"\/"#.utf8)
        case 0x08: buffer.append(contentsOf: #"\b"#.utf8)
        case 0x09: buffer.append(contentsOf: #"\t"#.utf8)
        case 0x0A: buffer.append(contentsOf: #"\n"#.utf8)
        case 0x0C: buffer.append(contentsOf: #"\f"#.utf8)
        case 0x0D: buffer.append(contentsOf: #"\r"#.utf8)
        case 0..<0x20, 0x7F:
            buffer.append(contentsOf: #"\u00"#.utf8)
            buffer.append(hexDigits[Int(byte >> 4)])
            buffer.append(hexDigits[Int(byte & 15)])
        default: buffer.append(byte)
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}

extension JSONObject {
    package func write(to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "{"))
        var isFirst = true
        for (key, value) in self {
            if !isFirst { buffer.append(UInt8(ascii: ",")) }
            isFirst = false
            JSON.write(key, to: &buffer)
            buffer.append(UInt8(ascii: ":"))
            value.write(to: &buffer)
        }
        buffer.append(UInt8(ascii: "}"))
    }
}

extension [UInt8] {
    /// Appends borrowed bytes.
    package mutating func append(_ bytes: Span<UInt8>) {
        let start = count
        append(contentsOf: repeatElement(0, count: bytes.count))
        var out = mutableSpan
        for index in bytes.indices { out[start &+ index] = bytes[index] }
    }
}
