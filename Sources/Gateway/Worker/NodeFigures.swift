// The figures of a node: what this worker counts, and what it took over from workers before it.

import ControlPlane
import DataPlane
import Glibc
import PluginKit
import Store

struct NodeFigures: Sendable {
    /// Figures that are nobody's in particular, by the names that they are carried over under.
    private enum Name {
        static let (accepted, requests) = ("accepted", "requests")
        static let (active, reading, waiting) = ("active", "reading", "waiting")
        static let (written, dropped, failed) = ("log.written", "log.dropped", "log.failed")
        static let (calls, callMicroseconds) = ("postgres.calls", "postgres.call_microseconds")
        static let (unreachable, timeouts) = ("postgres.unreachable", "postgres.timeouts")
        static let refused = "postgres.refused"

        static func stalls(_ loop: Int) -> String { "loop.\(loop).stalls" }
        static func stalledMilliseconds(_ loop: Int) -> String { "loop.\(loop).stalled_milliseconds" }
    }

    let node: NodeState
    let statistics: [LoopStatistics]
    let upstreams: Upstreams
    let logWriter: LogWriter
    let heritage: Heritage
    /// Nil where the node has no such database.
    let database: PostgresStore?

    /// nginx's counts, of all workers of the node.
    var connections: ConnectionCounters {
        let own = ConnectionCounts(statistics)
        var counters = ConnectionCounters()
        counters.active = own.active + heritage.gauge(Name.active)
        counters.reading = own.reading + heritage.gauge(Name.reading)
        counters.waiting = own.waiting + heritage.gauge(Name.waiting)
        counters.writing = max(counters.active - counters.reading - counters.waiting, 0)
        counters.accepted = own.accepted + heritage.total(Name.accepted)
        counters.handled = counters.accepted
        counters.totalRequests = own.requests + heritage.total(Name.requests)
        return counters
    }

    var log: LogCounters {
        let own = logWriter.counters
        return LogCounters(
            written: own.written + heritage.total(Name.written), dropped: own.dropped + heritage.total(Name.dropped),
            failed: own.failed + heritage.total(Name.failed))
    }

    var loops: [LoopFigures] {
        statistics.map { loop in
            LoopFigures(
                loop, stallsBefore: heritage.total(Name.stalls(loop.number)),
                stalledMillisecondsBefore: heritage.total(Name.stalledMilliseconds(loop.number)))
        }
    }

    /// The calls of the database; connections are this worker's alone, since those of one that ends go with it.
    var pool: PoolFigures? {
        guard var figures = database?.poolFigures else { return nil }
        figures.calls += heritage.total(Name.calls)
        figures.callMicroseconds += heritage.total(Name.callMicroseconds)
        figures.unreachable += heritage.total(Name.unreachable)
        figures.timeouts += heritage.total(Name.timeouts)
        figures.refused += heritage.total(Name.refused)
        return figures
    }

    /// What another worker must know to go on from here.
    func carryover() -> Carryover {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var own = node.carryover(now: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        own.totals = heritage.before.totals.merging(totals) { $0 &+ $1 }
        let counts = ConnectionCounts(statistics)
        for (name, value) in [
            (Name.active, counts.active), (Name.reading, counts.reading), (Name.waiting, counts.waiting),
        ] { own.gauges[name] = UInt64(max(value, 0)) }
        own.outOfService = upstreams.outOfService.map(\.line).sorted()
        return own
    }

    /// This worker's own.
    private var totals: [String: UInt64] {
        let counts = ConnectionCounts(statistics)
        let log = logWriter.counters
        var totals = [
            Name.accepted: counts.accepted, Name.requests: counts.requests, Name.written: log.written,
            Name.dropped: log.dropped, Name.failed: log.failed,
        ]
        for loop in statistics.map({ LoopFigures($0) }) {
            totals[Name.stalls(loop.number)] = loop.stalls
            totals[Name.stalledMilliseconds(loop.number)] = loop.stalledMilliseconds
        }
        if let pool = database?.poolFigures {
            (totals[Name.calls], totals[Name.callMicroseconds]) = (pool.calls, pool.callMicroseconds)
            (totals[Name.unreachable], totals[Name.timeouts]) = (pool.unreachable, pool.timeouts)
            totals[Name.refused] = pool.refused
        }
        return totals.mapValues { UInt64(max($0, 0)) }
    }
}
