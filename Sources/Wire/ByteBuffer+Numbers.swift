// Numbers, lower-cased copies and line ends written straight into a buffer: no String is made on the way out.

import NIOCore

extension ByteBuffer {
    /// Writes `value` in decimal.
    package mutating func writeDecimal(_ value: Int) {
        if value < 0 { writeInteger(UInt8(ascii: "-")) }
        writeDecimal(UInt64(value.magnitude))
    }

    /// Writes `value` in decimal, without leading zeros.
    package mutating func writeDecimal(_ value: UInt64) {
        writeDigits(value, base: 10)
    }

    /// Writes `value` in small hexadecimal digits, without leading zeros.
    package mutating func writeHex(_ value: UInt64) {
        writeDigits(value, base: 16)
    }

    /// Writes the line that starts a chunk of `count` bytes; the caller writes the data and a line end after it.
    package mutating func writeChunkHead(count: Int) {
        writeHex(UInt64(count))
        writeLineEnd()
    }

    package mutating func writeLineEnd() {
        writeInteger(UInt16(0x0D0A))
    }

    /// Writes `name: value` and a line end.
    package mutating func writeHeader(_ name: StaticString, _ value: Span<UInt8>) {
        writeStaticString(name)
        writeInteger(UInt16(0x3A20))
        writeBytes(value.bytes)
        writeLineEnd()
    }

    /// Writes `name: value` and a line end.
    package mutating func writeHeader(_ name: StaticString, _ value: StaticString) {
        writeStaticString(name)
        writeInteger(UInt16(0x3A20))
        writeStaticString(value)
        writeLineEnd()
    }

    /// Writes `bytes` with the letters A-Z turned small.
    package mutating func writeLowercased(_ bytes: Span<UInt8>) {
        writeWithOutputRawSpan(minimumWritableBytes: bytes.count) { output in
            for index in bytes.indices { output.append(Ascii.lowercased(bytes[index])) }
        }
    }

    /// The digits come last first, so they are gathered at the end of a fixed array.
    private mutating func writeDigits(_ value: UInt64, base: UInt64) {
        var digits = InlineArray<20, UInt8>(repeating: Ascii.zero)
        var first = 20
        var rest = value
        repeat {
            first &-= 1
            let digit = UInt8(truncatingIfNeeded: rest % base)
            digits[first] = digit < 10 ? digit &+ Ascii.zero : digit &+ (UInt8(ascii: "a") &- 10)
            rest /= base
        } while rest != 0
        writeBytes(digits.span.extracting(first..<20).bytes)
    }
}
