// Times sorted into the buckets of Kong's prometheus plugin: what a percentile is computed from later on.

/// How often values fell below each bound.
package struct LatencyHistogram: Sendable {
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
        let index = Self.bounds.firstIndex { milliseconds <= $0 } ?? Self.bounds.count
        counts[index] += 1
        count += 1
        sum += milliseconds
    }

    /// For each bound how many values were not above it.
    package var cumulative: [UInt64] {
        var total: UInt64 = 0
        return counts.dropLast().map { count in
            total += count
            return total
        }
    }
}
