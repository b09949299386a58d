// Counters over fixed windows of time, shared by all event loops of the node: the local policy of the limiting
// plugins. Sharded so that loops seldom meet at one lock; bounded so that nobody can fill the memory with identities.

import Synchronization

/// A sharded table of counters, each belonging to the window that started at a given time.
package final class WindowCounters: Sendable {
    private struct Counter {
        var windowStart: Int64
        var windowEnd: Int64
        var count: Int
        /// What of the count workers counted that end beside this one.
        var inherited = 0
    }

    private final class Shard: Sendable {
        let counters = Mutex<[CounterKey: Counter]>([:])
    }

    private let shards = (0..<64).map { _ in Shard() }
    private let capacityPerShard: Int
    package let seeds: CounterSeeds

    /// - Parameters:
    ///   - capacity: how many counters are kept; beyond it those of ended windows go first, then a whole shard.
    ///   - before: what workers counted that had ended before this one began.
    package init(capacity: Int = 1_000_000, before: Carryover = Carryover()) {
        capacityPerShard = max(capacity / 64, 16)
        seeds = before.seeds ?? CounterSeeds()
        for (key, window) in before.windows {
            let counter = Counter(windowStart: window.start, windowEnd: window.end, count: window.count)
            shards[key.shard].counters.withLock { $0[key] = counter }
        }
    }

    /// The name of the counters of a subject.
    package func key(_ bytes: borrowing Span<UInt8>) -> CounterKey {
        CounterKey(bytes, seeds)
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
                counters[key]?.count = counter.count + amount
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
            if var counter = counters[key], counter.windowStart == window.lowerBound {
                let used = counter.count
                guard Double(used) < limit else { return (used, false) }
                counter.count += 1
                counters[key] = counter
                return (used, true)
            }
            guard 0 < limit else { return (0, false) }
            if counters.count >= capacityPerShard { evict(&counters, now: now) }
            counters[key] = Counter(windowStart: window.lowerBound, windowEnd: window.upperBound, count: 1)
            return (0, true)
        }
    }

    /// Takes back what `take` added.
    package func giveBack(_ key: CounterKey, windowStart: Int64) {
        shards[key.shard].counters.withLock { counters in
            guard let counter = counters[key], counter.windowStart == windowStart, counter.count > 0 else { return }
            counters[key]?.count -= 1
        }
    }

    /// Takes over what a worker has counted that ends beside this one.
    ///
    /// - Parameter known: what it had counted when this was called last.
    package func inherit(_ windows: [CounterKey: WindowCount], known: [CounterKey: WindowCount], now: Int64) {
        for (key, window) in windows where window.end > now {
            let earlier = known[key].map { $0.start == window.start ? $0.count : 0 } ?? 0
            let more = window.count - earlier
            guard more != 0 else { continue }
            shards[key.shard].counters.withLock { counters in
                if let counter = counters[key], counter.windowStart > window.start { return }
                if counters[key]?.windowStart != window.start {
                    if counters.count >= capacityPerShard { evict(&counters, now: now) }
                    counters[key] = Counter(windowStart: window.start, windowEnd: window.end, count: 0)
                }
                counters[key]?.count += more
                counters[key]?.inherited += more
            }
        }
    }

    /// What this worker has counted in windows that go on, without what those count that end beside it.
    package func own(now: Int64) -> [CounterKey: WindowCount] {
        var result: [CounterKey: WindowCount] = [:]
        for shard in shards {
            for (key, counter) in shard.counters.withLock({ $0 }) where counter.windowEnd > now {
                let count = counter.count - counter.inherited
                guard count != 0 else { continue }
                result[key] = WindowCount(start: counter.windowStart, end: counter.windowEnd, count: count)
            }
        }
        return result
    }

    private func evict(_ counters: inout [CounterKey: Counter], now: Int64) {
        counters = counters.filter { $0.value.windowEnd > now }
        if counters.count >= capacityPerShard { counters.removeAll(keepingCapacity: true) }
    }
}
