// The text of /metrics: what stands there, in which order, and what is left out.

import ControlPlane
import DataPlane
import PluginKit
import Schema
import Store
import Testing

@Suite struct MetricsTests {
    private static let context = ValidationContext(catalog: TestNode.catalog)

    /// The lines of /metrics of a node with these figures.
    private static func lines(
        _ figures: FiguresTable = FiguresTable(), _ internals: (@Sendable () -> NodeInternals)? = nil
    ) async -> [Substring] {
        let node = NodeInformation(
            hostname: "test", nodeID: "00000000-0000-4000-8000-000000000000", processID: 1, configuration: [:],
            figures: figures, internals: internals, counters: { ConnectionCounters() })
        let store = MemoryStore(catalog: TestNode.catalog, listener: { _ in })
        let api = AdminAPI(
            catalog: TestNode.catalog, store: store, node: node, context: context, published: { _ in })
        let response = await api.respond(to: AdminRequest(method: "GET", target: "/metrics", headers: [], body: []))
        return String(decoding: response.body, as: UTF8.self).split(separator: "\n")
    }

    private static func add(_ service: String, _ status: Int, _ milliseconds: Int64, to table: FiguresTable) {
        var figures = RequestFigures()
        figures.status = status
        figures.requestMilliseconds = milliseconds
        table.add(figures, to: Array(service.utf8), loop: 0)
    }

    @Test func `samples stand in the bytewise order of their names and labels`() async {
        let table = FiguresTable()
        for service in ["a", "a!", "b", "say \"hi\"", "back\\slash"] {
            Self.add(service, 200, 3, to: table)
            Self.add(service, 503, 70_000, to: table)
        }
        let samples = await Self.lines(table).filter { !$0.hasPrefix("#") }
        let keys = samples.map { $0.prefix(through: $0.lastIndex(of: "}") ?? $0.startIndex) }
            .filter { $0.contains("{") }.map { $0.replacing("+Inf", with: "Inf") }
        #expect(keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(samples.contains("kong_http_status{code=\"200\",service=\"say \\\"hi\\\"\"} 1"))
    }

    @Test func `a family without samples is not described, and the own series can be off`() async {
        let lines = await Self.lines()
        #expect(lines.first == "# HELP kong_datastore_reachable Datastore reachable from Kong, 0 is unreachable")
        #expect(!lines.contains { $0.contains("gibbon_") || $0.contains("kong_latency") })
    }

    @Test func `the calls of PostgreSQL are told of where there is one`() async {
        let lines = await Self.lines(FiguresTable()) {
            var internals = NodeInternals()
            var pool = PoolFigures()
            (pool.limit, pool.inUse, pool.idle, pool.waiting) = (4, 3, 1, 7)
            (pool.calls, pool.callMicroseconds, pool.timeouts) = (20, 1_500_000, 2)
            internals.pool = pool
            return internals
        }
        for line in [
            "call_seconds_total 1.5", "calls_total 20", "calls_waiting 7", "connections{state=\"active\"} 3",
            "connections{state=\"idle\"} 1", "connections_limit 4", "errors_total{cause=\"refused\"} 0",
            "errors_total{cause=\"timeout\"} 2",
        ] { #expect(lines.contains { $0 == "gibbon_postgres_" + line }, "\(line)") }
        let without = await Self.lines(FiguresTable()) { NodeInternals() }
        #expect(!without.contains { $0.contains("gibbon_postgres") })
    }

    @Test func `the own series follow Kong's, with what is beyond the limit counted together`() async {
        let subjects = NodeSubjects(limit: 1)
        for route in ["first", "second", "third"] {
            subjects.routes.count(Array(route.utf8), status: 200, loop: 0)
        }
        let lines = await Self.lines(FiguresTable()) {
            var internals = NodeInternals()
            internals.subjects = subjects
            internals.targetLimit = 1
            internals.targets = ["u": ["1.1.1.1:80": true, "1.1.1.2:80": false]]
            return internals
        }
        #expect(lines.contains("gibbon_route_requests_total{route=\"first\",class=\"2xx\"} 1"))
        #expect(lines.contains("gibbon_route_requests_total{route=\"other\",class=\"2xx\"} 2"))
        #expect(
            lines.contains("gibbon_target_health{upstream=\"u\",target=\"1.1.1.1:80\",state=\"healthy\"} 1"))
        #expect(
            lines.contains("gibbon_target_health{upstream=\"other\",target=\"other\",state=\"unhealthy\"} 1"))
        let firstOwn = lines.firstIndex { $0.contains("gibbon_") } ?? 0
        #expect(!lines[firstOwn...].contains { $0.contains("kong_") })
    }
}
