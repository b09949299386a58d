// The generator that orders the slots of Kong's wheels: MT19937 (Matsumoto and Nishimura, 1998), as Lua's library
// `lrandom` seeds and reads it.

/// A Mersenne Twister of 32-bit words.
package struct MersenneTwister {
    private static let count = 624
    private static let distance = 397

    private var words: [UInt32]
    private var next = MersenneTwister.count

    package init(seed: UInt32) {
        words = [seed]
        for index in 1..<Self.count {
            let last = words[index - 1]
            words.append((last ^ last >> 30) &* 1_812_433_253 &+ UInt32(index))
        }
    }

    /// A number from 0 up to, but not including, 1, made of 53 bits.
    package mutating func unit() -> Double {
        let high = Double(word() >> 5)
        let low = Double(word() >> 6)
        return (high * 67_108_864 + low) / 9_007_199_254_740_992
    }

    package mutating func word() -> UInt32 {
        if next == Self.count { twist() }
        var word = words[next]
        next += 1
        word ^= word >> 11
        word ^= word << 7 & 0x9D2C_5680
        word ^= word << 15 & 0xEFC6_0000
        return word ^ word >> 18
    }

    private mutating func twist() {
        for index in 0..<Self.count {
            let joined = words[index] & 0x8000_0000 | words[(index + 1) % Self.count] & 0x7FFF_FFFF
            let mask: UInt32 = joined & 1 == 1 ? 0x9908_B0DF : 0
            words[index] = words[(index + Self.distance) % Self.count] ^ joined >> 1 ^ mask
        }
        next = 0
    }
}
