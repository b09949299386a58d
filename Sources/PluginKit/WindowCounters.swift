// Counters over fixed windows of time, shared by all event loops of the node: the local policy of the limiting
// plugins. Sharded so that loops seldom meet at one lock; bounded so that nobody can fill the memory with identities.

import Synchronization

/// Names one counter: a 128-bit seeded hash of whatever identifies it.
package struct CounterKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    package init(_ bytes: borrowing Span<UInt8>, _ salt: UInt64) {
        high = ByteHash.hash(bytes, seed: ByteHash.seed ^ salt)
        low = ByteHash.hash(bytes, seed: ByteHash.secondSeed &+ salt)
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The key of another counter of the same subject: bytes are hashed once, however many counters there are.
    package func salted(_ salt: UInt64) -> CounterKey {
        CounterKey(high: ByteHash.mixed(high ^ salt), low: ByteHash.mixed(low &+ salt))
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(high) }
    var shard: Int { Int(low & 63) }
}

/// A sharded table of counters, each belonging to the window that started at a given time.
package final class WindowCounters: Sendable {
    private struct Counter {
        var windowStart: Int64
        var windowEnd: Int64
        var count: Int
    }

    private final class Shard: Sendable {
        let counters = Mutex<[CounterKey: Counter]>([:])
    }

    private let shards = (0..<64).map { _ in Shard() }
    private let capacityPerShard: Int

    /// - Parameter capacity: how many counters are kept; beyond it those of ended windows go first, then a whole shard.
    package init(capacity: Int = 1_000_000) {
        capacityPerShard = max(capacity / 64, 16)
    }

    /// The count of a window, 0 when it has none yet.
    package func count(_ key: CounterKey, windowStart: Int64) -> Int {
        shards[key.shard].counters.withLock { counters in
            guard let counter = counters[key], counter.windowStart == windowStart else { return 0 }
            return counter.count
        }
    }

    /// Adds to a window's count and returns the new one. Times are milliseconds since the epoch.
    @discardableResult
    package func add(_ amount: Int, to key: CounterKey, windowStart: Int64, windowEnd: Int64, now: Int64) -> Int {
        shards[key.shard].counters.withLock { counters in
            if let counter = counters[key], counter.windowStart == windowStart {
                counters[key] = Counter(windowStart: windowStart, windowEnd: windowEnd, count: counter.count + amount)
                return counter.count + amount
            }
            if counters.count >= capacityPerShard { evict(&counters, now: now) }
            counters[key] = Counter(windowStart: windowStart, windowEnd: windowEnd, count: amount)
            return amount
        }
    }

    /// Adds one to a window's count unless it has reached the limit, so that two event loops can't both take the last
    /// place. Returns the count before.
    package func take(
        _ key: CounterKey, limit: Double, window: Range<Int64>, now: Int64
    ) -> (used: Int, isTaken: Bool) {
        shards[key.shard].counters.withLock { counters in
            var used = 0
            if let counter = counters[key], counter.windowStart == window.lowerBound { used = counter.count }
            guard Double(used) < limit else { return (used, false) }
            if used == 0, counters.count >= capacityPerShard { evict(&counters, now: now) }
            counters[key] = Counter(windowStart: window.lowerBound, windowEnd: window.upperBound, count: used + 1)
            return (used, true)
        }
    }

    /// Takes back what `take` added.
    package func giveBack(_ key: CounterKey, windowStart: Int64) {
        shards[key.shard].counters.withLock { counters in
            guard let counter = counters[key], counter.windowStart == windowStart, counter.count > 0 else { return }
            counters[key]?.count -= 1
        }
    }

    private func evict(_ counters: inout [CounterKey: Counter], now: Int64) {
        counters = counters.filter { $0.value.windowEnd > now }
        if counters.count >= capacityPerShard { counters.removeAll(keepingCapacity: true) }
    }
}
