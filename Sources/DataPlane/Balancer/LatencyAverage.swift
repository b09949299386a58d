// How long a peer takes to answer, as one number that follows bad news at once and forgets it with time (Peak EWMA, as
// in Finagle and Linkerd). A pure value; `PeerLoad` shares it between event loops.

import Glibc

/// A moving average of times that weighs them by their age.
package struct LatencyAverage: Sendable, Equatable {
    /// After that time an answer counts 1/e of what it counted (Finagle's default).
    package static let decayMilliseconds: Float = 10_000
    /// What a failed attempt counts as at least, and what repeated ones go up to.
    private static let failureMicroseconds: ClosedRange<Float> = 100_000...60_000_000

    /// As of the last answer; 0 before the first.
    package let microseconds: Float
    private let stamp: UInt32

    /// No answer so far.
    package init() {
        self.init(microseconds: 0, stamp: 0)
    }

    private init(microseconds: Float, stamp: UInt32) {
        self.microseconds = microseconds
        self.stamp = stamp
    }

    /// What is expected of the next answer. It falls while there is none, so that a peer that was slow is tried again.
    ///
    /// - Parameter now: milliseconds of a clock that may wrap around.
    package func expected(atMilliseconds now: UInt32) -> Float {
        microseconds * kept(now)
    }

    /// A slower answer counts whole, a faster one the more the older the average is.
    package func after(_ sample: Float, atMilliseconds now: UInt32) -> LatencyAverage {
        let sample = max(sample, 1)
        guard sample < microseconds else { return LatencyAverage(microseconds: sample, stamp: now) }
        let kept = kept(now)
        return LatencyAverage(microseconds: microseconds * kept + sample * (1 - kept), stamp: now)
    }

    /// An attempt that came to nothing counts as ten answers' time, else who refuses at once would look fastest.
    package func afterFailure(_ elapsed: Float, atMilliseconds now: UInt32) -> LatencyAverage {
        let bounds = Self.failureMicroseconds
        let penalty = min(max(10 * expected(atMilliseconds: now), bounds.lowerBound), bounds.upperBound)
        return after(max(elapsed, penalty), atMilliseconds: now)
    }

    private func kept(_ now: UInt32) -> Float {
        // Event loops read the clock one after the other and write in another order.
        let age = Int32(bitPattern: now &- stamp)
        return age <= 0 ? 1 : expf(-Float(age) / Self.decayMilliseconds)
    }
}

// One word, so that event loops can exchange it atomically.
extension LatencyAverage {
    package init(packed: UInt64) {
        self.init(
            microseconds: Float(bitPattern: UInt32(truncatingIfNeeded: packed)),
            stamp: UInt32(truncatingIfNeeded: packed >> 32))
    }

    package var packed: UInt64 { UInt64(microseconds.bitPattern) | UInt64(stamp) << 32 }
}
