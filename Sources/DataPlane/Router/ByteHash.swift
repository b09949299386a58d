// Hashing and comparing of short byte strings, eight bytes at a step. Seeded anew in every process, so that nobody
// can prepare names that fall into one place of the router's tables.

enum ByteHash {
    static let seed = UInt64.random(in: .min ... .max)

    @inline(__always)
    static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: right ^ 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    @inline(__always)
    static func hash(_ bytes: Span<UInt8>, seed: UInt64) -> UInt64 {
        var state = seed ^ UInt64(truncatingIfNeeded: bytes.count)
        var position = 0
        while position &+ 8 <= bytes.count {
            state = mix(state, word(bytes, position))
            position &+= 8
        }
        if position < bytes.count {
            state = mix(state, tail(bytes, position))
        }
        return mix(state, seed)
    }

    @inline(__always)
    static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        left.count == right.count && startsWith(left, right)
    }

    @inline(__always)
    static func startsWith(_ bytes: Span<UInt8>, _ prefix: Span<UInt8>) -> Bool {
        guard prefix.count <= bytes.count else { return false }
        var position = 0
        while position &+ 8 <= prefix.count {
            if word(bytes, position) != word(prefix, position) { return false }
            position &+= 8
        }
        while position < prefix.count {
            if bytes[position] != prefix[position] { return false }
            position &+= 1
        }
        return true
    }

    /// Eight bytes as one number. The load is checked against the bounds; it is called unsafe since not every type
    /// may be made of any bytes, which an integer may.
    @inline(__always)
    static func word(_ bytes: Span<UInt8>, _ position: Int) -> UInt64 {
        bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
    }

    /// Four bytes as one number.
    @inline(__always)
    static func half(_ bytes: Span<UInt8>, _ position: Int) -> UInt32 {
        bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)
    }

    @inline(__always)
    private static func tail(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        var value: UInt64 = 0
        for position in start..<bytes.count {
            value = value &<< 8 | UInt64(bytes[position])
        }
        return value
    }
}
