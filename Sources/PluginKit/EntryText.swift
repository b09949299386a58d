// JSON written member by member: entries are made for every request, and a tree of values would cost more than they do.

import Schema
import Wire

/// An object under construction.
struct EntryText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func open() {
        bytes.append(UInt8(ascii: "{"))
    }

    mutating func close() {
        bytes.append(UInt8(ascii: "}"))
    }

    /// Begins a member; its value is to follow.
    mutating func name(_ name: StaticString) {
        separate()
        append(#"""#)
        append(name)
        append(#"":"#)
    }

    mutating func name(_ name: Span<UInt8>) {
        separate()
        JSON.write(name, to: &bytes)
        bytes.append(Ascii.colon)
    }

    mutating func member(_ name: StaticString, text: [UInt8]) {
        member(name, text.span)
    }

    mutating func member(_ name: StaticString, _ text: Span<UInt8>) {
        self.name(name)
        string(text)
    }

    mutating func member(_ name: StaticString, number: Int64) {
        self.name(name)
        digits(number)
    }

    /// A number as text, as nginx' variables are.
    mutating func member(_ name: StaticString, numberText: UInt64) {
        self.name(name)
        bytes.append(UInt8(ascii: "\""))
        digits(Int64(clamping: numberText))
        bytes.append(UInt8(ascii: "\""))
    }

    /// A value that is JSON already.
    mutating func member(_ name: StaticString, json: [UInt8]) {
        self.name(name)
        bytes += json
    }

    mutating func string(_ text: Span<UInt8>) {
        JSON.write(text, to: &bytes)
    }

    /// Part of a string between quotes of the caller's.
    mutating func part(_ text: Span<UInt8>) {
        JSON.writeUnquoted(text, to: &bytes)
    }

    mutating func digits(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(Ascii.zero + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { for byte in $0 { bytes.append(byte) } }
    }

    private mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { append(",") }
    }
}
