// Short names as one integer: comparing eight bytes at once is what makes looking up a method or a header
// name cheaper than hashing a String.

enum AsciiWord {
    /// Sets the bit that tells small letters from capitals in each of eight bytes.
    static let caseBits: UInt64 = 0x2020_2020_2020_2020

    /// At most the first eight bytes of a literal, first byte lowest; folded at compile time when inlined.
    @inline(__always)
    static func of(_ literal: StaticString) -> UInt64 {
        literal.withUTF8Buffer { text in
            var word: UInt64 = 0
            for index in 0..<min(8, text.count) {
                word |= UInt64(text[index]) &<< UInt64(8 &* index)
            }
            return word
        }
    }

    /// Eight bytes at `offset`, first byte lowest. Traps when they are not all inside `bytes`.
    @inline(__always)
    static func load(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        // Unaligned loads of integers are checked against the span's bounds; "unsafe" is only about the type.
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The `count` (0...8) bytes at `offset`, first byte lowest, zeros above.
    @inline(__always)
    static func load(_ bytes: RawSpan, _ offset: Int, count: Int) -> UInt64 {
        if offset &+ 8 <= bytes.byteCount {
            return count == 8 ? load(bytes, offset) : load(bytes, offset) & ((1 &<< UInt64(8 &* count)) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<count {
            word |= UInt64(byte(bytes, offset &+ index)) &<< UInt64(8 &* index)
        }
        return word
    }

    @inline(__always)
    static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
        bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
