// Kong's own series, with the names, labels and order of the plugin that Kong 1.1.2 comes with: sorted bytewise by name
// and labels as they are written. The order follows from that of the services, so that no line has to be sorted. A
// series appears with its first value: empty buckets are not shown.

import PluginKit

struct KongMetrics {
    private struct Service {
        /// `service="name"`.
        let label: [UInt8]
        let figures: ServiceFigures
    }

    private let services: [Service]
    private let connections: ConnectionCounters
    private let isReachable: Bool

    init(_ figures: [[UInt8]: ServiceFigures], _ connections: ConnectionCounters, isReachable: Bool) {
        services = figures.map { Service(label: MetricsPage.label("service", $0.key), figures: $0.value) }
            .sorted { $0.label.lexicographicallyPrecedes($1.label) }
        self.connections = connections
        self.isReachable = isReachable
    }

    func write(to page: inout MetricsPage) {
        page.begin("kong_bandwidth", "counter", "Total bandwidth in bytes consumed per service in Kong")
        writeBandwidth("egress", \.egressBytes, to: &page)
        writeBandwidth("ingress", \.ingressBytes, to: &page)
        page.begin("kong_datastore_reachable", "gauge", "Datastore reachable from Kong, 0 is unreachable")
        page.add("kong_datastore_reachable", value: isReachable ? 1 : 0)
        page.begin("kong_http_status", "counter", "HTTP status codes per service in Kong")
        writeStatuses(to: &page)
        page.begin(
            "kong_latency", "histogram",
            "Latency added by Kong, total request time and upstream latency for each service in Kong")
        writeLatencies(to: &page)
        page.begin("kong_nginx_http_current_connections", "gauge", "Number of HTTP connections")
        writeConnections(to: &page)
        page.begin("kong_nginx_metric_errors_total", "counter", "Number of nginx-lua-prometheus errors")
        page.add("kong_nginx_metric_errors_total", value: 0)
    }

    private func writeBandwidth(_ type: String, _ bytes: KeyPath<ServiceFigures, UInt64>, to page: inout MetricsPage) {
        let prefix = Array("type=\"\(type)\",".utf8)
        for service in services {
            page.add("kong_bandwidth", prefix, service.label, value: service.figures[keyPath: bytes])
        }
    }

    private func writeStatuses(to page: inout MetricsPage) {
        let codes = Set(services.flatMap { $0.figures.statuses.keys }).map { (text: String($0), code: $0) }
        for (text, code) in codes.sorted(by: { $0.text < $1.text }) {
            let prefix = Array("code=\"\(text)\",".utf8)
            for service in services {
                guard let count = service.figures.statuses[code] else { continue }
                page.add("kong_http_status", prefix, service.label, value: count)
            }
        }
    }

    // MARK: - Latencies

    private static let histograms: [(prefix: [UInt8], any Sendable & KeyPath<ServiceFigures, LatencyHistogram>)] = [
        (Array("type=\"kong\",".utf8), \.kong), (Array("type=\"request\",".utf8), \.request),
        (Array("type=\"upstream\",".utf8), \.upstream),
    ]

    /// The plugin pads the bounds, so that their order as texts is theirs as numbers.
    private static let bounds = LatencyHistogram.bounds.map { bound in
        let digits = String(bound)
        return Array(",le=\"\(String(repeating: "0", count: 5 - digits.count))\(digits).0\"".utf8)
    }

    private static let unbounded = Array(",le=\"+Inf\"".utf8)

    private func writeLatencies(to page: inout MetricsPage) {
        writeHistograms { prefix, label, histogram in
            for (bound, count) in zip(Self.bounds, histogram.cumulative) where count > 0 {
                page.add("kong_latency_bucket", prefix, label, bound, value: count)
            }
            page.add("kong_latency_bucket", prefix, label, Self.unbounded, value: histogram.count)
        }
        writeHistograms { page.add("kong_latency_count", $0, $1, value: $2.count) }
        writeHistograms { page.add("kong_latency_sum", $0, $1, value: $2.sum) }
    }

    private func writeHistograms(_ write: (_ prefix: [UInt8], _ label: [UInt8], LatencyHistogram) -> Void) {
        for (prefix, path) in Self.histograms {
            for service in services where service.figures[keyPath: path].count > 0 {
                write(prefix, service.label, service.figures[keyPath: path])
            }
        }
    }

    // MARK: - Connections

    private func writeConnections(to page: inout MetricsPage) {
        let states = [
            ("accepted", connections.accepted), ("active", connections.active), ("handled", connections.handled),
            ("reading", connections.reading), ("total", connections.totalRequests),
            ("waiting", connections.waiting), ("writing", connections.writing),
        ]
        for (state, count) in states {
            page.add("kong_nginx_http_current_connections", MetricsPage.label("state", state.utf8), value: count)
        }
    }
}
