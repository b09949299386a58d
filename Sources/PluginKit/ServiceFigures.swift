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

extension ServiceFigures {
    package func adding(_ other: ServiceFigures) -> ServiceFigures {
        var sum = self
        sum.statuses.merge(other.statuses) { $0 &+ $1 }
        sum.request = request.adding(other.request)
        sum.upstream = upstream.adding(other.upstream)
        sum.kong = kong.adding(other.kong)
        sum.ingressBytes &+= other.ingressBytes
        sum.egressBytes &+= other.egressBytes
        return sum
    }

    func write(to writer: inout CarryoverWriter) {
        writer.list(statuses) { writer, entry in
            writer.signed(Int64(entry.key))
            writer.number(entry.value)
        }
        for histogram in [request, upstream, kong] { histogram.write(to: &writer) }
        writer.number(ingressBytes)
        writer.number(egressBytes)
    }

    init?(_ reader: inout CarryoverReader) {
        var statuses: [Int: UInt64] = [:]
        let isWhole = reader.list { reader in
            guard let status = reader.signed(), let count = reader.number() else { return false }
            statuses[Int(status)] = count
            return true
        }
        guard isWhole, let request = LatencyHistogram(&reader), let upstream = LatencyHistogram(&reader),
            let kong = LatencyHistogram(&reader), let ingressBytes = reader.number(), let egressBytes = reader.number()
        else { return nil }
        self.statuses = statuses
        (self.request, self.upstream, self.kong) = (request, upstream, kong)
        (self.ingressBytes, self.egressBytes) = (ingressBytes, egressBytes)
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
