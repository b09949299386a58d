// One line of a log while it is put together: values are escaped as the format asks for. Its memory is used again for
// the next line.

import Wire

struct LogLine {
    private(set) var bytes: [UInt8] = []
    private var escape = LogFormat.Escape.standard

    mutating func begin(_ escape: LogFormat.Escape) {
        bytes.removeAll(keepingCapacity: true)
        self.escape = escape
    }

    /// Appends text of the format, or what needs no escaping.
    mutating func append(plain text: [UInt8]) {
        bytes += text
    }

    mutating func append(plain text: StaticString) {
        text.withUTF8Buffer { for byte in $0 { bytes.append(byte) } }
    }

    mutating func append(_ number: some BinaryInteger) {
        append(digits: UInt64(clamping: number), width: 1)
    }

    /// Seconds with three digits behind the point.
    mutating func append(milliseconds: Int64) {
        let time = UInt64(max(0, milliseconds))
        append(digits: time / 1000, width: 1)
        bytes.append(UInt8(ascii: "."))
        append(digits: time % 1000, width: 3)
    }

    /// A number with two digits behind the point.
    mutating func append(hundredths: UInt64) {
        append(digits: hundredths / 100, width: 1)
        bytes.append(UInt8(ascii: "."))
        append(digits: hundredths % 100, width: 2)
    }

    private mutating func append(digits value: UInt64, width: Int) {
        let start = bytes.count
        var rest = value
        repeat {
            bytes.append(Ascii.zero + UInt8(rest % 10))
            rest /= 10
        } while rest > 0 || bytes.count - start < width
        bytes[start...].reverse()
    }

    /// What stands for a value that is not there: `-`, and in JSON nothing.
    mutating func appendMissing() {
        if escape == .standard { bytes.append(UInt8(ascii: "-")) }
    }

    mutating func append(_ value: [UInt8]?) {
        if let value { append(value.span) } else { appendMissing() }
    }

    /// Appends a value.
    mutating func append(_ value: Span<UInt8>) {
        switch escape {
        case .none: for index in value.indices { bytes.append(value[index]) }
        case .standard: for index in value.indices { appendEscaped(value[index]) }
        case .json: for index in value.indices { appendJSON(value[index]) }
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        if isPlain { return bytes.append(byte) }
        append(plain: "\\x")
        append(hex: byte, letters: UInt8(ascii: "A"))
    }

    private mutating func appendJSON(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(plain: "\\\"")
        case UInt8(ascii: "\\"): append(plain: "\\\\")
        case 0x0A: append(plain: "\\n")
        case 0x0D: append(plain: "\\r")
        case 0x09: append(plain: "\\t")
        case 0x08: append(plain: "\\b")
        case 0x0C: append(plain: "\\f")
        case ..<0x20:
            append(plain: "\\u00")
            append(hex: byte, letters: UInt8(ascii: "A"))
        default: bytes.append(byte)
        }
    }

    private mutating func append(hex byte: UInt8, letters: UInt8) {
        for nibble in [byte >> 4, byte & 15] { bytes.append(nibble < 10 ? Ascii.zero + nibble : letters + nibble - 10) }
    }

    /// Appends a number as lower-case hexadecimal digits, all sixteen of them.
    mutating func append(hexadecimal number: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            append(hex: UInt8(truncatingIfNeeded: number >> UInt64(shift)), letters: UInt8(ascii: "a"))
        }
    }
}
