// Times sorted into the buckets of Kong's prometheus plugin: what a percentile is computed from later on. The counters
// are written by one event loop and read by whoever scrapes, so that nobody waits for anybody.

import Synchronization

/// How often values fell below each bound.
package struct LatencyHistogram: Sendable, Equatable {
    /// Upper bounds in milliseconds, both included in and added up over the buckets.
    package static let bounds: [Int64] = [
        1, 2, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 400, 500, 1000, 2000, 5000, 10_000,
        30_000, 60_000,
    ]

    /// Values by the smallest bound that holds them; the last ones are above all bounds.
    private var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    package private(set) var count: UInt64 = 0
    /// The sum of all values in milliseconds.
    package private(set) var sum: Int64 = 0

    package init() {}

    package mutating func add(_ milliseconds: Int64) {
        counts[Self.place(of: milliseconds)] += 1
        count += 1
        sum += milliseconds
    }

    /// Adds what another event loop counted.
    mutating func merge(_ other: borrowing LatencyCounters) {
        for place in counts.indices {
            let more = other.counts[place].load(ordering: .relaxed)
            counts[place] &+= more
            count &+= more
        }
        sum &+= other.sum.load(ordering: .relaxed)
    }

    package func adding(_ other: LatencyHistogram) -> LatencyHistogram {
        var total = self
        for place in counts.indices { total.counts[place] &+= other.counts[place] }
        total.count &+= other.count
        total.sum &+= other.sum
        return total
    }

    /// For each bound how many values were not above it.
    package var cumulative: [UInt64] {
        var total: UInt64 = 0
        return counts.dropLast().map { count in
            total += count
            return total
        }
    }

    static func place(of milliseconds: Int64) -> Int {
        bounds.firstIndex { milliseconds <= $0 } ?? bounds.count
    }
}

extension LatencyHistogram {
    func write(to writer: inout CarryoverWriter) {
        writer.list(counts) { $0.number($1) }
        writer.signed(sum)
    }

    /// Of a version with other bounds nothing can be used.
    init?(_ reader: inout CarryoverReader) {
        var counts: [UInt64] = []
        let isWhole = reader.list { reader in
            guard let count = reader.number() else { return false }
            counts.append(count)
            return true
        }
        guard isWhole, let sum = reader.signed() else { return nil }
        guard counts.count == self.counts.count else { return }
        self.counts = counts
        self.sum = sum
        count = counts.reduce(0, &+)
    }
}

/// The same while it is being counted by one event loop. The count of all values is not kept: it is the sum of the
/// buckets, so that a reader never sees one that does not fit them.
struct LatencyCounters: ~Copyable {
    fileprivate let counts = InlineArray<27, Atomic<UInt64>> { _ in Atomic(0) }
    fileprivate let sum = Atomic<Int64>(0)

    func add(_ milliseconds: Int64) {
        counts[LatencyHistogram.place(of: milliseconds)].bump(1)
        sum.store(sum.load(ordering: .relaxed) &+ milliseconds, ordering: .relaxed)
    }
}

extension Atomic where Value == UInt64 {
    /// Adds without a locked instruction; right only where a single thread writes.
    @inline(__always)
    func bump(_ amount: UInt64) {
        store(load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}
