// What the prometheus plugin has counted for one service since the node started.

/// All figures of one service.
package struct ServiceFigures: Sendable {
    package private(set) var statuses: [Int: UInt64] = [:]
    package private(set) var request = LatencyHistogram()
    package private(set) var upstream = LatencyHistogram()
    package private(set) var kong = LatencyHistogram()
    package private(set) var ingressBytes: UInt64 = 0
    package private(set) var egressBytes: UInt64 = 0

    package init() {}

    package mutating func add(_ figures: RequestFigures) {
        statuses[figures.status, default: 0] += 1
        request.add(figures.requestMilliseconds)
        if let milliseconds = figures.upstreamMilliseconds { upstream.add(milliseconds) }
        if let milliseconds = figures.kongMilliseconds { kong.add(milliseconds) }
        ingressBytes += figures.ingressBytes
        egressBytes += figures.egressBytes
    }
}
