// What a peer has to do at the moment and how soon it answers: shared by all event loops of the node, without a lock,
// and kept while the peer is.

import Synchronization

package final class PeerLoad: Sendable {
    /// How long a peer that is new or was out has less than its weight.
    package static let rampMilliseconds: UInt32 = 10_000
    private static let firstShare: Float = 0.1

    /// Values of `freshSince` that are no times.
    private static let unseen: UInt32 = 0
    private static let settled: UInt32 = 1

    private let count = Atomic<Int>(0)
    private let latency = Atomic<UInt64>(LatencyAverage().packed)
    private let freshSince = Atomic<UInt32>(PeerLoad.unseen)

    package init() {}

    // MARK: - Requests under way

    /// Requests, tunnels and streams that the peer has.
    package var inFlight: Int { count.load(ordering: .relaxed) }

    package func begin() {
        count.add(1, ordering: .relaxed)
    }

    package func end() {
        count.subtract(1, ordering: .relaxed)
    }

    // MARK: - Times

    package var average: LatencyAverage { LatencyAverage(packed: latency.load(ordering: .relaxed)) }

    /// The peer answered after that time.
    package func answered(microseconds: Float, atMilliseconds now: UInt32) {
        change { $0.after(microseconds, atMilliseconds: now) }
    }

    /// The peer did not answer, or said that it can't.
    package func failed(microseconds: Float, atMilliseconds now: UInt32) {
        change { $0.afterFailure(microseconds, atMilliseconds: now) }
    }

    /// Nobody waits any more for an answer that has taken so long already.
    package func givenUp(microseconds: Float, atMilliseconds now: UInt32) {
        change { microseconds > $0.expected(atMilliseconds: now) ? $0.after(microseconds, atMilliseconds: now) : $0 }
    }

    private func change(_ body: (LatencyAverage) -> LatencyAverage) {
        var held = latency.load(ordering: .relaxed)
        while true {
            let after = body(LatencyAverage(packed: held)).packed
            let (isStored, found) = latency.weakCompareExchange(expected: held, desired: after, ordering: .relaxed)
            if isStored { return }
            held = found
        }
    }

    // MARK: - Fresh peers

    /// Notes that the peer takes no requests: when it does again, it is fresh.
    package func noteOut(atMilliseconds now: UInt32) {
        let stamp = max(now, Self.settled + 1)
        if freshSince.load(ordering: .relaxed) != stamp { freshSince.store(stamp, ordering: .relaxed) }
    }

    /// How much of its weight the peer has: less in its first seconds, lest it gets every request until it has as many
    /// as the others.
    package func share(atMilliseconds now: UInt32) -> Float {
        let since = freshSince.load(ordering: .relaxed)
        if since == Self.settled { return 1 }
        guard since != Self.unseen else {
            noteOut(atMilliseconds: now)
            return Self.firstShare
        }
        let age = now &- since
        guard age < Self.rampMilliseconds || Int32(bitPattern: age) < 0 else {
            freshSince.store(Self.settled, ordering: .relaxed)
            return 1
        }
        let grown = Float(max(Int32(bitPattern: age), 0)) / Float(Self.rampMilliseconds)
        return Self.firstShare + (1 - Self.firstShare) * grown
    }
}
