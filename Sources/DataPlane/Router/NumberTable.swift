// A map from numbers to counts, open addressing. The router keeps in it how long Kong's candidate lists would be.

struct NumberTable: Sendable {
    private let seed = ByteHash.seed
    private var keys: [UInt64]
    private var values: [UInt32]
    private var used = 0

    init() {
        keys = [UInt64](repeating: .max, count: 16)
        values = [UInt32](repeating: 0, count: 16)
    }

    /// The count of a number; 0 for one that was never added to.
    subscript(key: UInt64) -> UInt32 {
        let slot = self.slot(key)
        return keys[slot] == key ? values[slot] : 0
    }

    /// `key` is any number but the largest.
    mutating func increment(_ key: UInt64) {
        var slot = self.slot(key)
        if keys[slot] != key {
            used += 1
            if used * 2 > keys.count {
                grow()
                slot = self.slot(key)
            }
            keys[slot] = key
        }
        values[slot] += 1
    }

    private func slot(_ key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: ByteHash.mix(key, seed)) & (keys.count &- 1)
        while keys[slot] != key && keys[slot] != .max {
            slot = (slot &+ 1) & (keys.count &- 1)
        }
        return slot
    }

    private mutating func grow() {
        let (oldKeys, oldValues) = (keys, values)
        keys = [UInt64](repeating: .max, count: oldKeys.count * 2)
        values = [UInt32](repeating: 0, count: oldKeys.count * 2)
        for (key, value) in zip(oldKeys, oldValues) where key != .max {
            let slot = self.slot(key)
            keys[slot] = key
            values[slot] = value
        }
    }
}
