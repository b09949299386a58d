// In which order the slots of a wheel are given out: the same on every node, Kong's among them, so that a hash means
// the same slot everywhere.

import Synchronization

enum SlotOrder {
    /// Kong's, which is any number.
    private static let seed: UInt32 = 158_841_259
    private static let known = Mutex<[Int: [Int32]]>([:])

    /// All slots of a wheel of that size, in their order. It takes some milliseconds the first time.
    static func slots(_ size: Int) -> [Int32] {
        if let order = known.withLock({ $0[size] }) { return order }
        let order = make(size)
        known.withLock { orders in
            // Somebody may go through all the sizes there are.
            if orders.count >= 64 { orders = [:] }
            orders[size] = order
        }
        return order
    }

    /// Each number drawn stands for a slot; one that is taken already for the next that is not.
    private static func make(_ size: Int) -> [Int32] {
        var random = MersenneTwister(seed: seed)
        var isTaken = [Bool](repeating: false, count: size)
        return (0..<size).map { _ in
            var slot = Int(random.unit() * Double(size))
            while isTaken[slot] { slot = slot + 1 == size ? 0 : slot + 1 }
            isTaken[slot] = true
            return Int32(slot)
        }
    }
}
