// The gateway's own series: what Kong's plugin does not tell. They have a prefix of their own and stand behind Kong's;
// the setting metrics_extended switches them off.

import DataPlane
import PluginKit

struct OwnMetrics {
    /// The label of what lies beyond a limit.
    private static let rest = Array("other".utf8)

    let node: NodeInternals

    func write(to page: inout MetricsPage) {
        if let subjects = node.subjects {
            page.begin(
                "gibbon_consumer_requests_total", "counter", "Requests by consumer and class of status")
            Self.write("gibbon_consumer_requests_total", "consumer", subjects.consumers, to: &page)
        }
        writeLoops(to: &page)
        writeLogs(to: &page)
        if let pool = node.pool { PoolMetrics(pool: pool).write(to: &page) }
        writeProcess(to: &page)
        if let subjects = node.subjects {
            page.begin("gibbon_route_requests_total", "counter", "Requests by route and class of status")
            Self.write("gibbon_route_requests_total", "route", subjects.routes, to: &page)
        }
        writeSnapshot(to: &page)
        writeTargets(to: &page)
        writeUpstreamConnections(to: &page)
    }

    // MARK: - Routes and consumers

    private static func write(_ name: String, _ kind: String, _ table: SubjectTable, to page: inout MetricsPage) {
        let counts = table.all()
        // A route may be called like what stands for the others: one series, since two of a name are an error.
        let subjects = counts.alone.merging([rest: counts.rest]) { $0.adding($1) }
        let labelled = subjects.map { (label: MetricsPage.label(kind, $0.key), counts: $0.value) }
        for (label, counts) in labelled.sorted(by: { $0.label.lexicographicallyPrecedes($1.label) }) {
            for (digit, count) in counts.byClass.enumerated() where count > 0 {
                let text = digit == 0 ? "none" : "\(digit)xx"
                page.add(name, label, Array(",class=\"\(text)\"".utf8), value: count)
            }
        }
    }

    // MARK: - Event loops, logs, process

    private func writeLoops(to page: inout MetricsPage) {
        page.begin(
            "gibbon_event_loop_stall_seconds_total", "counter", "Time by which event loops came late in stalls")
        for loop in node.loops {
            page.add(
                "gibbon_event_loop_stall_seconds_total", Self.label(loop),
                value: Double(loop.stalledMilliseconds) / 1000)
        }
        page.begin("gibbon_event_loop_stalls_total", "counter", "How often an event loop came late to a task")
        for loop in node.loops { page.add("gibbon_event_loop_stalls_total", Self.label(loop), value: loop.stalls) }
    }

    private func writeLogs(to page: inout MetricsPage) {
        page.begin("gibbon_log_backlog_bytes", "gauge", "Log lines that wait to be written, in bytes")
        page.add("gibbon_log_backlog_bytes", value: node.logBacklogBytes)
        page.begin("gibbon_log_lines_dropped_total", "counter", "Log lines lost to a full backlog or a failed write")
        for (reason, count) in [("backlog", node.log.dropped), ("write", node.log.failed)] {
            page.add("gibbon_log_lines_dropped_total", MetricsPage.label("reason", reason.utf8), value: count)
        }
        page.begin("gibbon_log_lines_written_total", "counter", "Log lines written")
        page.add("gibbon_log_lines_written_total", value: node.log.written)
    }

    private func writeProcess(to page: inout MetricsPage) {
        page.begin("gibbon_process_open_fds", "gauge", "Open files and sockets of the worker")
        page.add("gibbon_process_open_fds", value: node.process.openFiles)
        page.begin("gibbon_process_resident_memory_bytes", "gauge", "Memory of the worker")
        page.add("gibbon_process_resident_memory_bytes", value: node.process.residentBytes)
        page.begin(
            "gibbon_process_start_time_seconds", "gauge",
            "When the worker started, in seconds since the epoch; it changes with a reload and a restart")
        page.add("gibbon_process_start_time_seconds", value: node.process.startedAtSeconds)
    }

    // MARK: - Configuration and upstreams

    private func writeSnapshot(to page: inout MetricsPage) {
        let snapshot = node.snapshot
        page.begin("gibbon_snapshot_age_seconds", "gauge", "How long the configuration in force has been so")
        page.add("gibbon_snapshot_age_seconds", value: Self.seconds(ContinuousClock.now - snapshot.publishedAt))
        page.begin("gibbon_snapshot_compile_seconds", "gauge", "What it took to make the configuration in force")
        page.add("gibbon_snapshot_compile_seconds", value: Self.seconds(snapshot.compileTime))
        page.begin("gibbon_snapshot_version", "gauge", "Number of the configuration in force since the worker's start")
        page.add("gibbon_snapshot_version", value: snapshot.version)
    }

    private func writeTargets(to page: inout MetricsPage) {
        page.begin(
            "gibbon_target_health", "gauge", "1 in the state that a target of an upstream with health checks is in")
        let all = node.targets.sorted { $0.key < $1.key }.flatMap { upstream, targets in
            targets.sorted { $0.key < $1.key }.map { (upstream, $0.key, $0.value) }
        }
        for (upstream, target, isHealthy) in all.prefix(node.targetLimit) {
            let label = Self.label(upstream: upstream, target: target)
            Self.writeHealth(label, healthy: isHealthy ? 1 : 0, of: 1, to: &page)
        }
        let rest = all.dropFirst(node.targetLimit)
        guard !rest.isEmpty else { return }
        // Targets have ports, so none is called like what stands for the others.
        Self.writeHealth(
            Self.label(upstream: "other", target: "other"), healthy: rest.count { $0.2 }, of: rest.count, to: &page)
    }

    private static func writeHealth(_ label: [UInt8], healthy: Int, of count: Int, to page: inout MetricsPage) {
        for (state, value) in [("healthy", healthy), ("unhealthy", count - healthy)] {
            page.add("gibbon_target_health", label, Array(",state=\"\(state)\"".utf8), value: value)
        }
    }

    private func writeUpstreamConnections(to page: inout MetricsPage) {
        page.begin(
            "gibbon_upstream_connections", "gauge",
            "Connections to upstreams (for HTTP/2, requests on them), in use or idle in the pool")
        for loop in node.loops {
            let states = [("active", max(loop.upstreamOpen - loop.upstreamIdle, 0)), ("idle", loop.upstreamIdle)]
            for (state, count) in states {
                let suffix = Array(",state=\"\(state)\"".utf8)
                page.add("gibbon_upstream_connections", Self.label(loop), suffix, value: count)
            }
        }
    }

    private static func label(_ loop: LoopFigures) -> [UInt8] {
        MetricsPage.label("loop", String(loop.number).utf8)
    }

    private static func label(upstream: String, target: String) -> [UInt8] {
        MetricsPage.label("upstream", upstream.utf8) + [UInt8(ascii: ",")] + MetricsPage.label("target", target.utf8)
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
