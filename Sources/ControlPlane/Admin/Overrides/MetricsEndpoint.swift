// GET /metrics: the node's figures in the text format of Prometheus, with the names, labels and order of the plugin
// that Kong 1.1.2 comes with (a series appears with its first value, so empty buckets are not shown).

import PluginKit
import Store

struct MetricsEndpoint: Sendable {
    let context: AdminContext

    func add(to routes: inout RouteTable) {
        routes.add("/metrics", Endpoint(["GET": { _ in await metrics() }]))
    }

    private func metrics() async -> AdminAnswer {
        let isReachable = await context.store.reachable()
        let node = context.node
        return .text(MetricsText(node.figures.all(), node.counters(), isReachable: isReachable).text)
    }
}

/// The text of /metrics.
struct MetricsText {
    private struct Sample {
        /// Name and labels as the plugin stores them, which is what it sorts by.
        let key: String
        let value: String
    }

    private struct Family {
        let name: String
        let type: String
        let help: String
    }

    private static let families = [
        Family(
            name: "kong_bandwidth", type: "counter", help: "Total bandwidth in bytes consumed per service in Kong"),
        Family(
            name: "kong_datastore_reachable", type: "gauge", help: "Datastore reachable from Kong, 0 is unreachable"),
        Family(name: "kong_http_status", type: "counter", help: "HTTP status codes per service in Kong"),
        Family(
            name: "kong_latency", type: "histogram",
            help: "Latency added by Kong, total request time and upstream latency for each service in Kong"),
        Family(name: "kong_nginx_http_current_connections", type: "gauge", help: "Number of HTTP connections"),
        Family(name: "kong_nginx_metric_errors_total", type: "counter", help: "Number of nginx-lua-prometheus errors"),
    ]

    private var samples: [Sample] = []

    init(_ figures: [[UInt8]: ServiceFigures], _ connections: ConnectionCounters, isReachable: Bool) {
        add("kong_datastore_reachable", isReachable ? 1 : 0)
        add("kong_nginx_metric_errors_total", 0)
        addConnections(connections)
        for (name, service) in figures {
            add(service, Self.escaped(String(decoding: name, as: UTF8.self)))
        }
        samples.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    var text: String {
        var result = ""
        var rest = Self.families[...]
        for sample in samples {
            // Families and samples have the same order, and some families have no samples yet.
            if let place = rest.firstIndex(where: { sample.key.hasPrefix($0.name) }) {
                let family = rest[place]
                result += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.type)\n"
                rest = rest[(place + 1)...]
            }
            result += "\(sample.key.replacing("le=\"Inf\"}", with: "le=\"+Inf\"}")) \(sample.value)\n"
        }
        return result
    }

    private mutating func add(_ key: String, _ value: some BinaryInteger) {
        samples.append(Sample(key: key, value: "\(value)"))
    }

    private mutating func addConnections(_ counters: ConnectionCounters) {
        let states = [
            ("accepted", counters.accepted), ("active", counters.active), ("handled", counters.handled),
            ("reading", counters.reading), ("total", counters.totalRequests), ("waiting", counters.waiting),
            ("writing", counters.writing),
        ]
        for (state, count) in states { add("kong_nginx_http_current_connections{state=\"\(state)\"}", count) }
    }

    private mutating func add(_ figures: ServiceFigures, _ service: String) {
        for (code, count) in figures.statuses {
            add("kong_http_status{code=\"\(code)\",service=\"\(service)\"}", count)
        }
        add("kong_bandwidth{type=\"ingress\",service=\"\(service)\"}", figures.ingressBytes)
        add("kong_bandwidth{type=\"egress\",service=\"\(service)\"}", figures.egressBytes)
        add(figures.request, "type=\"request\",service=\"\(service)\"")
        add(figures.upstream, "type=\"upstream\",service=\"\(service)\"")
        add(figures.kong, "type=\"kong\",service=\"\(service)\"")
    }

    private mutating func add(_ histogram: LatencyHistogram, _ labels: String) {
        guard histogram.count > 0 else { return }
        for (bound, count) in zip(LatencyHistogram.bounds, histogram.cumulative) where count > 0 {
            let digits = String(bound)
            let padding = String(repeating: "0", count: 5 - digits.count)
            add("kong_latency_bucket{\(labels),le=\"\(padding)\(digits).0\"}", count)
        }
        add("kong_latency_bucket{\(labels),le=\"Inf\"}", histogram.count)
        add("kong_latency_count{\(labels)}", histogram.count)
        add("kong_latency_sum{\(labels)}", histogram.sum)
    }

    private static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
