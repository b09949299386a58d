// The notation of a carryover: whole numbers in groups of seven bits (LEB128), everything longer with its length first.

/// Writes numbers, bytes and lists one after the other.
struct CarryoverWriter {
    private(set) var result: [UInt8] = []

    mutating func append(_ byte: UInt8) {
        result.append(byte)
    }

    mutating func number(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            result.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        result.append(UInt8(rest))
    }

    /// Small numbers below zero stay short.
    mutating func signed(_ value: Int64) {
        number(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func bytes(_ bytes: [UInt8]) {
        number(UInt64(bytes.count))
        result += bytes
    }

    mutating func list<Entries: Collection>(_ entries: Entries, _ each: (inout Self, Entries.Element) -> Void) {
        number(UInt64(entries.count))
        for entry in entries { each(&self, entry) }
    }

    /// A number, and behind it what `body` writes, as one piece.
    mutating func section(_ number: UInt64, _ body: (inout Self) -> Void) {
        var part = Self()
        body(&part)
        self.number(number)
        bytes(part.result)
    }
}

/// Reads what the writer wrote; every read gives nil at the end of the bytes.
struct CarryoverReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    mutating func signed() -> Int64? {
        number().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    mutating func bytes() -> [UInt8]? {
        part().map { Array($0.rest) }
    }

    /// Bytes with their length before them, to be read on their own.
    mutating func part() -> Self? {
        guard let length = number(), length <= UInt64(rest.count) else { return nil }
        let part = Self(rest.prefix(Int(length)))
        rest = rest.dropFirst(Int(length))
        return part
    }

    /// Calls `each` for every entry of a list, until one is not as it should be.
    mutating func list(_ each: (inout Self) -> Bool) -> Bool {
        guard let count = number() else { return false }
        for _ in 0..<count {
            // A count that is not true ends with the bytes.
            guard each(&self) else { return false }
        }
        return true
    }
}
