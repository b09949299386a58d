// Reads JSON as Kong's decoder does and writes it again as its encoder does, value by value: numbers get at most 14
// digits, `/` is escaped and what was escaped without need is not, and an empty list becomes `{}`, since Lua can't tell
// it from an empty object. What is not UTF-8 passes as it is. Nothing is kept of what was read, so that a large body
// costs no more than twice its size. A name that stands twice in one object stays twice: who reads it takes one of
// both, as Lua does.

import Schema
import Wire

struct JSONRewriter {
    /// What rules ask about a value.
    enum Kind {
        case text
        /// A list with so many items.
        case list(Int)
        /// An object with so many members.
        case table(Int)
        case no
        case null
        /// A number, or true.
        case other
    }

    private let bytes: [UInt8]
    private let keepsEmptyLists: Bool
    private var position = 0
    private var depth = 0
    private var scratch: [UInt8] = []
    /// Whether a number was read that JSON has no text for. Kong's decoder takes it, its encoder fails.
    var hasUnwritable = false

    init(_ bytes: [UInt8], keepsEmptyLists: Bool) {
        self.bytes = bytes
        self.keepsEmptyLists = keepsEmptyLists
    }

    /// The first byte that is not white space.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    /// Takes that byte if it comes next, after any white space.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Appends the next value. Nil for what is none; what was appended is of no use then.
    mutating func value(to out: inout [UInt8]) -> Kind? {
        switch peek() {
        case nil: return nil
        case UInt8(ascii: "{"): return nested { $0.table(to: &out) }
        case UInt8(ascii: "["): return nested { $0.list(to: &out) }
        case UInt8(ascii: "\""):
            return copyText(to: &out) ? .text : nil
        case UInt8(ascii: "t"): return word("true", .other, to: &out)
        case UInt8(ascii: "f"): return word("false", .no, to: &out)
        case UInt8(ascii: "n"): return word("null", .null, to: &out) ?? number(to: &out)
        default: return number(to: &out)
        }
    }

    /// The name of a member and the colon behind it.
    mutating func name() -> [UInt8]? {
        guard peek() == UInt8(ascii: "\""), text(), take(Ascii.colon) else { return nil }
        return scratch
    }

    private mutating func nested(_ read: (inout JSONRewriter) -> Kind?) -> Kind? {
        guard depth < JSON.maxDepth else { return nil }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return read(&self)
    }

    private mutating func list(to out: inout [UInt8]) -> Kind? {
        if take(UInt8(ascii: "]")) {
            out += keepsEmptyLists ? "[]".utf8 : "{}".utf8
            return .list(0)
        }
        out.append(UInt8(ascii: "["))
        var count = 0
        repeat {
            if count > 0 { out.append(UInt8(ascii: ",")) }
            guard value(to: &out) != nil else { return nil }
            count += 1
        } while take(UInt8(ascii: ","))
        out.append(UInt8(ascii: "]"))
        return take(UInt8(ascii: "]")) ? .list(count) : nil
    }

    private mutating func table(to out: inout [UInt8]) -> Kind? {
        out.append(UInt8(ascii: "{"))
        var count = 0
        if !take(UInt8(ascii: "}")) {
            repeat {
                if count > 0 { out.append(UInt8(ascii: ",")) }
                guard peek() == UInt8(ascii: "\""), copyText(to: &out), take(Ascii.colon) else { return nil }
                out.append(Ascii.colon)
                guard value(to: &out) != nil else { return nil }
                count += 1
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { return nil }
        }
        out.append(UInt8(ascii: "}"))
        return .table(count)
    }

    private mutating func word(_ word: StaticString, _ kind: Kind, to out: inout [UInt8]) -> Kind? {
        let count = word.utf8CodeUnitCount
        guard bytes.count - position >= count else { return nil }
        let isFound = bytes.span.extracting(position..<position + count).equals(word)
        guard isFound else { return nil }
        position += count
        out.append(contentsOf: bytes[position - count..<position])
        return kind
    }

    private mutating func number(to out: inout [UInt8]) -> Kind? {
        let found = LuaNumberText(bytes.span.extracting(droppingFirst: position))
        guard let number = found else { return nil }
        let range = position..<position + number.count
        position = range.upperBound
        if number.isPlain {
            out.append(contentsOf: bytes[range])
        } else if let value = Double(String(decoding: bytes[range], as: UTF8.self)), value.isFinite {
            out += value.luaText.utf8
        } else {
            hasUnwritable = true
            out += "null".utf8
        }
        return .other
    }
}

// MARK: - Texts

extension JSONRewriter {
    /// Appends a text, in most cases as it stands.
    private mutating func copyText(to out: inout [UInt8]) -> Bool {
        var end = position + 1
        while end < bytes.count, Self.isPlain(bytes[end]) { end += 1 }
        if end < bytes.count, bytes[end] == UInt8(ascii: "\"") {
            out.append(contentsOf: bytes[position...end])
            position = end + 1
            return true
        }
        guard text() else { return false }
        Self.write(scratch.span, to: &out)
        return true
    }

    /// Whether a byte is written as it is, and ends no text.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != 0x5C && byte != Ascii.slash && byte != 0x7F
    }

    /// Reads a text into `scratch`. Kong's decoder takes control characters as they are.
    private mutating func text() -> Bool {
        scratch.removeAll(keepingCapacity: true)
        position += 1
        while position < bytes.count {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != 0x5C {
                position += 1
            }
            scratch.append(contentsOf: bytes[start..<position])
            guard position < bytes.count else { return false }
            position += 1
            if bytes[position - 1] == UInt8(ascii: "\"") { return true }
            guard escape() else { return false }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard position < bytes.count else { return false }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), 0x5C, Ascii.slash: scratch.append(byte)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = scalar(), let units = UTF8.encode(scalar) else { return false }
            scratch.append(contentsOf: units)
        default: return false
        }
        return true
    }

    /// The scalar of `XXXX`, or of a surrogate pair `XXXX\uXXXX`.
    private mutating func scalar() -> Unicode.Scalar? {
        guard let high = unit() else { return nil }
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
        guard bytes.count - position >= 2, bytes[position] == 0x5C, bytes[position + 1] == UInt8(ascii: "u") else {
            return nil
        }
        position += 2
        guard let low = unit(), (0xDC00..<0xE000).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    private mutating func unit() -> UInt32? {
        guard bytes.count - position >= 4 else { return nil }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    /// Appends a text with quotes and Kong's escapes.
    static func write(_ text: Span<UInt8>, to out: inout [UInt8]) {
        JSON.write(text, to: &out)
    }
}
