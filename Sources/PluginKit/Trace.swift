// What the zipkin plugin remembers of a request from one phase to the next. It lies in the exchange itself, so that a
// request that is not sampled costs no memory.

/// The trace that a request belongs to, and those of its spans that others name.
package struct Trace: Sendable, Equatable {
    /// The first half of the trace's id; nil for an id of eight bytes.
    package let high: UInt64?
    package let low: UInt64
    /// The client's span; nil where the trace begins here.
    package let parent: UInt64?
    package let requestSpan: UInt64
    package let proxySpan: UInt64
    /// Whether the spans are reported.
    package let isSampled: Bool
    /// Whether the request got as far as to the plugins.
    package var ranAccess = false
    /// When the answer's head was known, in milliseconds since the epoch.
    package var headAt: Int64?

    package init(
        high: UInt64?, low: UInt64, parent: UInt64?, requestSpan: UInt64, proxySpan: UInt64,
        isSampled: Bool
    ) {
        self.high = high
        self.low = low
        self.parent = parent
        self.requestSpan = requestSpan
        self.proxySpan = proxySpan
        self.isSampled = isSampled
    }
}

extension Exchange {
    /// A number for an id.
    package func randomID() -> UInt64 {
        var random = traceRandom ?? TraceRandom()
        defer { traceRandom = random }
        return random.next()
    }

    /// At least 0 and less than 1.
    package func randomShare() -> Double {
        Double(randomID() >> 11) * 0x1p-53
    }
}

/// Random numbers for ids: xoroshiro128++, seeded by the system. Ids have to differ from each other; nobody has to be
/// unable to guess them.
package struct TraceRandom: RandomNumberGenerator, Sendable {
    private var first: UInt64
    private var second: UInt64

    package init() {
        var system = SystemRandomNumberGenerator()
        self.init(seed: system.next(), system.next())
    }

    package init(seed first: UInt64, _ second: UInt64) {
        self.first = first
        // Zeros alone would yield nothing but zeros.
        self.second = first | second == 0 ? 1 : second
    }

    package mutating func next() -> UInt64 {
        let result = Self.rotated(first &+ second, by: 17) &+ first
        second ^= first
        first = Self.rotated(first, by: 49) ^ second ^ (second << 21)
        second = Self.rotated(second, by: 28)
        return result
    }

    private static func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }
}
