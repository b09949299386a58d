// Counters over fixed windows of time.

import PluginKit
import Testing

@Suite struct WindowCountersTests {
    private let counters = WindowCounters()
    private let key: CounterKey

    init() {
        key = counters.key([1, 2, 3].span)
    }

    @Test func `places are taken up to the limit`() {
        #expect(counters.take(key, limit: 2, window: 0..<1000, now: 5) == (0, true))
        #expect(counters.take(key, limit: 2, window: 0..<1000, now: 5) == (1, true))
        #expect(counters.take(key, limit: 2, window: 0..<1000, now: 5) == (2, false))
        #expect(counters.count(key, windowStart: 0) == 2)
    }

    @Test func `a place given back can be taken again`() {
        _ = counters.take(key, limit: 1, window: 0..<1000, now: 5)
        counters.giveBack(key, windowStart: 0)
        #expect(counters.take(key, limit: 1, window: 0..<1000, now: 5) == (0, true))
        counters.giveBack(key, windowStart: 1000)
        #expect(counters.count(key, windowStart: 0) == 1)
    }

    @Test func `a new window starts at nothing`() {
        _ = counters.take(key, limit: 1, window: 0..<1000, now: 5)
        #expect(counters.take(key, limit: 1, window: 1000..<2000, now: 1005) == (0, true))
    }

    @Test func `keys with other salts or bytes count apart`() {
        _ = counters.take(key, limit: 1, window: 0..<1000, now: 5)
        let other = counters.key([1, 2, 4].span)
        #expect(counters.count(key.salted(8), windowStart: 0) == 0)
        #expect(counters.count(other, windowStart: 0) == 0)
    }
}
