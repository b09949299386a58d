// How the counters of windows are named: by a hash, so that a counter costs the same whatever it counts.

/// Where the hashes of counters start: random, so that nobody can choose identities that collide, and the same in all
/// workers of a node, so that they can hand counters over.
package struct CounterSeeds: Sendable, Hashable {
    fileprivate let first: UInt64
    fileprivate let second: UInt64

    package init() {
        first = .random(in: .min ... .max)
        second = .random(in: .min ... .max)
    }

    func write(to writer: inout CarryoverWriter) {
        writer.number(first)
        writer.number(second)
    }

    init?(_ reader: inout CarryoverReader) {
        guard let first = reader.number(), let second = reader.number() else { return nil }
        (self.first, self.second) = (first, second)
    }
}

/// Names one counter: a 128-bit seeded hash of whatever identifies it.
package struct CounterKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    init(_ bytes: borrowing Span<UInt8>, _ seeds: CounterSeeds) {
        high = ByteHash.hash(bytes, seed: seeds.first)
        low = ByteHash.hash(bytes, seed: seeds.second)
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// What tells a counter from others of the same subject. It may be known: the subject's part is the one with seeds.
    package static func salt(_ text: String) -> UInt64 {
        ByteHash.hash(Array(text.utf8).span, seed: 0)
    }

    /// The key of another counter of the same subject: bytes are hashed once, however many counters there are.
    package func salted(_ salt: UInt64) -> CounterKey {
        CounterKey(high: ByteHash.mixed(high ^ salt), low: ByteHash.mixed(low &+ salt))
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(high) }
    var shard: Int { Int(low & 63) }

    func write(to writer: inout CarryoverWriter) {
        writer.number(high)
        writer.number(low)
    }

    init?(_ reader: inout CarryoverReader) {
        guard let high = reader.number(), let low = reader.number() else { return nil }
        (self.high, self.low) = (high, low)
    }
}

/// The count of one window, whose times are milliseconds since the epoch.
package struct WindowCount: Sendable, Equatable {
    package let start: Int64
    package let end: Int64
    package let count: Int

    package init(start: Int64, end: Int64, count: Int) {
        (self.start, self.end, self.count) = (start, end, count)
    }

    /// Of two windows the later one counts.
    func adding(_ other: WindowCount) -> WindowCount {
        guard start == other.start else { return start > other.start ? self : other }
        return WindowCount(start: start, end: end, count: count + other.count)
    }

    func write(to writer: inout CarryoverWriter) {
        writer.signed(start)
        writer.signed(end)
        writer.signed(Int64(count))
    }

    init?(_ reader: inout CarryoverReader) {
        guard let start = reader.signed(), let end = reader.signed(), let count = reader.signed() else { return nil }
        self.init(start: start, end: end, count: Int(count))
    }
}
