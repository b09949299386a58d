// The inner loops of the parser: eight bytes at a time in one integer register. Each function returns the
// offset of the first byte of a kind, or the end of the range. The bit tricks are exact for the lowest match.
// Plain integers on purpose: with Swift 6.3 the same loop over SIMD16 masks measured many times slower.

enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080
    private static let lows: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

    /// The first control byte (below 0x20, or 0x7F) that is not a tab: in a sound head, the CR at the line's end.
    static func firstControl(_ bytes: RawSpan, from start: Int, to end: Int) -> Int {
        var at = start
        while at &+ 8 <= end {
            let hits = controls(AsciiWord.load(bytes, at))
            if hits == 0 {
                at &+= 8
                continue
            }
            at &+= hits.trailingZeroBitCount &>> 3
            if AsciiWord.byte(bytes, at) != Ascii.tab { return at }
            at &+= 1
        }
        while at < end {
            let byte = AsciiWord.byte(bytes, at)
            if (byte < 0x20 && byte != Ascii.tab) || byte == 0x7F { return at }
            at &+= 1
        }
        return end
    }

    /// The first byte that may not stand in a header name (RFC 9110 section 5.1: a token).
    static func firstNonToken(_ bytes: RawSpan, from start: Int, to end: Int) -> Int {
        var at = start
        while at < end {
            // Names are nearly always letters and dashes: those go by eights, the rest one by one.
            while at &+ 8 <= end {
                let hits = neitherLetterNorDash(AsciiWord.load(bytes, at))
                if hits != 0 {
                    at &+= hits.trailingZeroBitCount &>> 3
                    break
                }
                at &+= 8
            }
            guard at < end, Ascii.isToken(AsciiWord.byte(bytes, at)) else { return at }
            at &+= 1
        }
        return end
    }

    /// The first byte equal to `byte`.
    static func first(_ byte: UInt8, in bytes: RawSpan, from start: Int, to end: Int) -> Int {
        let pattern = ones &* UInt64(byte)
        var at = start
        while at &+ 8 <= end {
            let hits = zeros(AsciiWord.load(bytes, at) ^ pattern)
            if hits != 0 { return at &+ hits.trailingZeroBitCount &>> 3 }
            at &+= 8
        }
        while at < end, AsciiWord.byte(bytes, at) != byte { at &+= 1 }
        return at
    }

    /// The first blank (space or tab); what ends a request target.
    static func firstBlank(_ bytes: RawSpan, from start: Int, to end: Int) -> Int {
        var at = start
        while at &+ 8 <= end {
            let hits = below(AsciiWord.load(bytes, at), 0x21)
            if hits != 0 { return at &+ hits.trailingZeroBitCount &>> 3 }
            at &+= 8
        }
        while at < end, AsciiWord.byte(bytes, at) > 0x20 { at &+= 1 }
        return at
    }

    @inline(__always)
    private static func below(_ word: UInt64, _ limit: UInt64) -> UInt64 {
        (word &- ones &* limit) & ~word & highs
    }

    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

    @inline(__always)
    private static func controls(_ word: UInt64) -> UInt64 {
        ((word &- ones &* 0x20) | ((word ^ lows) &- ones)) & ~word & highs
    }

    /// High bits where the byte is not in A-Z, a-z or '-'. Additions never carry: they see seven bits a byte.
    @inline(__always)
    private static func neitherLetterNorDash(_ word: UInt64) -> UInt64 {
        let small = (word | AsciiWord.caseBits) & lows
        let letters = (small &+ ones &* 0x1F) & ~(small &+ ones &* 0x05)
        let other = (word ^ ones &* UInt64(Ascii.dash)) & lows
        let dashes = ~(other &+ lows)
        return (~(letters | dashes) | word) & highs
    }
}
