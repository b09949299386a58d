// What the prometheus plugin has counted for one service since the node started: the counters of one event loop, and
// their sum over all event loops at the moment of a scrape.

import Synchronization

/// All figures of one service.
package struct ServiceFigures: Sendable {
    package private(set) var statuses: [Int: UInt64] = [:]
    package private(set) var request = LatencyHistogram()
    package private(set) var upstream = LatencyHistogram()
    package private(set) var kong = LatencyHistogram()
    package private(set) var ingressBytes: UInt64 = 0
    package private(set) var egressBytes: UInt64 = 0

    package init() {}

    mutating func merge(_ counters: ServiceCounters) {
        counters.statuses.read { status, count in statuses[status, default: 0] += count }
        request.merge(counters.request)
        upstream.merge(counters.upstream)
        kong.merge(counters.kong)
        ingressBytes &+= counters.ingressBytes.load(ordering: .relaxed)
        egressBytes &+= counters.egressBytes.load(ordering: .relaxed)
    }
}

/// The figures of one service on one event loop. Only that loop writes them.
final class ServiceCounters: Sendable {
    fileprivate let statuses = StatusCounters()
    fileprivate let request = LatencyCounters()
    fileprivate let upstream = LatencyCounters()
    fileprivate let kong = LatencyCounters()
    fileprivate let ingressBytes = Atomic<UInt64>(0)
    fileprivate let egressBytes = Atomic<UInt64>(0)

    func add(_ figures: borrowing RequestFigures) {
        statuses.add(figures.status)
        request.add(figures.requestMilliseconds)
        if let milliseconds = figures.upstreamMilliseconds { upstream.add(milliseconds) }
        if let milliseconds = figures.kongMilliseconds { kong.add(milliseconds) }
        ingressBytes.bump(figures.ingressBytes)
        egressBytes.bump(figures.egressBytes)
    }
}
