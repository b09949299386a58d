// The average of a peer's times: bad news at once, good news with time, and a failure is bad news.

import DataPlane
import Testing

struct LatencyAverageTests {
    private static let second: UInt32 = 1000

    @Test func `the first answer is the average`() {
        let average = LatencyAverage().after(5000, atMilliseconds: 7)
        #expect(average.microseconds == 5000)
        #expect(average.expected(atMilliseconds: 7) == 5000)
        #expect(LatencyAverage().expected(atMilliseconds: 7) == 0)
    }

    @Test func `a slower answer counts whole`() {
        let average = LatencyAverage().after(5000, atMilliseconds: 0).after(90_000, atMilliseconds: 1)
        #expect(average.microseconds == 90_000)
    }

    @Test func `a faster answer counts the more the older the average is`() {
        let slow = LatencyAverage().after(100_000, atMilliseconds: 0)
        let soon = slow.after(1000, atMilliseconds: 10).microseconds
        let late = slow.after(1000, atMilliseconds: 10 * Self.second).microseconds
        let latest = slow.after(1000, atMilliseconds: 100 * Self.second).microseconds
        #expect(soon > 99_000)
        #expect((37_000..<38_000).contains(late))
        #expect(latest < 1010)
    }

    @Test func `what is expected of a peer that was slow falls while nobody asks it`() {
        let slow = LatencyAverage().after(1_000_000, atMilliseconds: 0)
        #expect((367_000..<369_000).contains(slow.expected(atMilliseconds: 10 * Self.second)))
        #expect(slow.expected(atMilliseconds: 60 * Self.second) < 3000)
    }

    @Test func `a failure counts as ten times as slow, and as a tenth of a second at least`() {
        let fast = LatencyAverage().after(1000, atMilliseconds: 0)
        #expect(fast.afterFailure(50, atMilliseconds: 0).microseconds == 100_000)
        let slow = LatencyAverage().after(300_000, atMilliseconds: 0)
        #expect(slow.afterFailure(50, atMilliseconds: 0).microseconds == 3_000_000)
        #expect(LatencyAverage().afterFailure(50, atMilliseconds: 0).microseconds == 100_000)
    }

    @Test func `a failure that took long counts as that`() {
        let fast = LatencyAverage().after(1000, atMilliseconds: 0)
        #expect(fast.afterFailure(5_000_000, atMilliseconds: 0).microseconds == 5_000_000)
    }

    @Test func `failures one after the other go up to a minute`() {
        let failed = (0..<50).reduce(LatencyAverage()) { average, _ in average.afterFailure(50, atMilliseconds: 0) }
        #expect(failed.microseconds == 60_000_000)
    }

    @Test func `clocks that wrap around or go back a little change nothing`() {
        let before = LatencyAverage().after(100_000, atMilliseconds: .max - 4999)
        #expect((60_000..<61_000).contains(before.expected(atMilliseconds: 0)))
        #expect(before.expected(atMilliseconds: .max - 5010) == 100_000)
    }

    @Test func `an average survives being packed`() {
        let average = LatencyAverage().after(1234.5, atMilliseconds: 4_000_000_000)
        #expect(LatencyAverage(packed: average.packed) == average)
        #expect(LatencyAverage(packed: 0) == LatencyAverage())
    }
}
