// Keeps one failing thing from filling the disk: of the lines of one place in the code only the first few of a
// second are written, the rest are counted.

import Synchronization

/// Counts lines per call site and second in a fixed table without locks. Two call sites that fall into one slot
/// share its allowance, which is harmless.
package final class LogSampler: Sendable {
    package enum Verdict: Equatable {
        /// Write the line; so many lines of this place were suppressed since the last one written.
        case write(suppressedBefore: Int)
        case suppress
    }

    private let linesPerSecond: Int
    /// Each slot: the second (upper half) and the lines seen in it (lower half).
    private let slots: InlineArray<256, Atomic<UInt64>>

    package init(linesPerSecond: Int) {
        self.linesPerSecond = linesPerSecond
        slots = InlineArray { _ in Atomic(0) }
    }

    package func admit(site: Int, second: Int) -> Verdict {
        // The top byte of a multiplicative hash.
        let slot = Int((UInt64(truncatingIfNeeded: site) &* 0x9E37_79B9_7F4A_7C15) >> 56)
        let now = UInt64(UInt32(truncatingIfNeeded: second)) << 32
        var seen = slots[slot].load(ordering: .relaxed)
        while true {
            let isSameSecond = seen & ~0xFFFF_FFFF == now
            let next = isSameSecond ? seen &+ 1 : now | 1
            let (done, current) = slots[slot].compareExchange(expected: seen, desired: next, ordering: .relaxed)
            guard done else {
                seen = current
                continue
            }
            let before = Int(seen & 0xFFFF_FFFF)
            if isSameSecond { return before < linesPerSecond ? .write(suppressedBefore: 0) : .suppress }
            return .write(suppressedBefore: max(0, before - linesPerSecond))
        }
    }
}
