// A hash table from bytes to references for the request path: no String is made to look a key up, and changing one
// entry of 100,000 copies one shard of some hundred entries and shares the rest with the table before.

/// An immutable table keyed by bytes.
package struct ShardedTable<Value: AnyObject & Sendable>: Sendable {
    private final class Shard: Sendable {
        struct Entry: Sendable {
            let hash: UInt64
            let key: [UInt8]
            let value: Value
        }

        let entries: [Entry]
        /// Open addressing: index into `entries` plus one, 0 where free. A power of two, at most half full.
        let slots: [Int32]

        init(_ entries: [Entry]) {
            self.entries = entries
            var capacity = 4
            while capacity < entries.count * 2 { capacity *= 2 }
            var slots = [Int32](repeating: 0, count: capacity)
            for (index, entry) in entries.enumerated() {
                var position = Int(truncatingIfNeeded: entry.hash >> 16) & (capacity - 1)
                while slots[position] != 0 { position = (position + 1) & (capacity - 1) }
                slots[position] = Int32(index + 1)
            }
            self.slots = slots
        }
    }

    private static var shardCount: Int { 256 }
    private var shards: [Shard]
    package private(set) var count = 0

    package init() {
        shards = Array(repeating: Shard([]), count: Self.shardCount)
    }

    /// A table of these entries; of two with the same key the last counts.
    package init(_ pairs: [(key: [UInt8], value: Value)]) {
        var groups = [[Shard.Entry]](repeating: [], count: Self.shardCount)
        for pair in pairs {
            let hash = ByteHash.hash(pair.key.span)
            groups[Int(hash & 255)].append(.init(hash: hash, key: pair.key, value: pair.value))
        }
        shards = groups.map { Shard(Self.unique($0)) }
        count = shards.reduce(0) { $0 + $1.entries.count }
    }

    /// The value stored under that key.
    package func find(_ key: borrowing Span<UInt8>) -> Value? {
        let hash = ByteHash.hash(key)
        let shard = shards[Int(hash & 255)]
        let mask = shard.slots.count - 1
        var position = Int(truncatingIfNeeded: hash >> 16) & mask
        while true {
            let slot = shard.slots[position]
            guard slot != 0 else { return nil }
            let index = Int(slot) - 1
            if shard.entries[index].hash == hash, equal(shard.entries[index].key, key) {
                return shard.entries[index].value
            }
            position = (position + 1) & mask
        }
    }

    package func find(_ key: [UInt8]) -> Value? { find(key.span) }

    /// All values, in no particular order.
    package var values: some Sequence<Value> { shards.lazy.flatMap { $0.entries.lazy.map(\.value) } }

    /// Stores a value, or removes the key with nil.
    package mutating func set(_ key: [UInt8], _ value: Value?) {
        let hash = ByteHash.hash(key.span)
        let index = Int(hash & 255)
        var entries = shards[index].entries.filter { $0.hash != hash || $0.key != key }
        if let value { entries.append(.init(hash: hash, key: key, value: value)) }
        count += entries.count - shards[index].entries.count
        shards[index] = Shard(entries)
    }

    private static func unique(_ entries: [Shard.Entry]) -> [Shard.Entry] {
        var positions: [[UInt8]: Int] = [:]
        var result: [Shard.Entry] = []
        for entry in entries {
            if let position = positions.updateValue(result.count, forKey: entry.key) {
                result[position] = entry
                positions[entry.key] = position
            } else {
                result.append(entry)
            }
        }
        return result
    }

    private func equal(_ left: [UInt8], _ right: borrowing Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }
}

/// A fast hash over bytes, seeded per process so that nobody can prepare colliding keys.
package enum ByteHash {
    package static let seed = UInt64.random(in: .min ... .max)

    /// FNV-1a with a final mix, started from `seed`.
    package static func hash(_ bytes: borrowing Span<UInt8>, seed: UInt64 = ByteHash.seed) -> UInt64 {
        var hash = seed
        for index in 0..<bytes.count {
            hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3
        }
        return mixed(hash)
    }

    /// Spreads the bits (the finaliser of MurmurHash3).
    package static func mixed(_ value: UInt64) -> UInt64 {
        var hash = value
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ (hash >> 33)
    }
}
