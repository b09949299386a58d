// Bodies that tell by themselves if a byte of them is lost, doubled or moved: blocks of noise, each with its number.

import Glibc

enum Pattern {
    static let blockBytes = 64 << 10

    private static let noise: [UInt8] = {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<blockBytes).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }()

    /// A block with its number in its first four bytes.
    static func block(_ number: Int) -> [UInt8] {
        var block = noise
        for place in 0..<4 { block[place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
        return block
    }
}

/// Compares what arrives with the pattern.
struct PatternCheck {
    private(set) var byteCount = 0
    private var blocks = 0
    private var isIntact = true
    private var pending: [UInt8] = []

    mutating func take(_ bytes: [UInt8]) {
        byteCount += bytes.count
        pending += bytes
        while pending.count >= Pattern.blockBytes {
            if memcmp(pending, Pattern.block(blocks), Pattern.blockBytes) != 0 { isIntact = false }
            pending.removeFirst(Pattern.blockBytes)
            blocks += 1
        }
    }

    /// What came: "N bytes intact" is what a test wants to read.
    var verdict: String {
        let tailIsIntact = pending.isEmpty || memcmp(pending, Pattern.block(blocks), pending.count) == 0
        return "\(byteCount) bytes \(isIntact && tailIsIntact ? "intact" : "damaged")"
    }
}
