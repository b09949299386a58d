// The figures of a node as a real Prometheus sees them: known traffic gives the right numbers, and promtool finds
// nothing in the page but what Kong's names make impossible.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Prometheus")
    struct Prometheus {
        /// Sends known traffic and gives the queries that tell of it, with their answers.
        private static func traffic(_ watched: Monitored) throws -> [(query: String, value: Int)] {
            let shop = try watched.send("/shop", times: 40)
            _ = try watched.send("/broken", times: 7)
            _ = try watched.send("/members", times: 5, "apikey: a-key\r\n")
            _ = try watched.send("/members", times: 3)
            return [
                ("kong_http_status{service=\"shop\",code=\"200\"}", 40),
                ("kong_http_status{service=\"broken\",code=\"503\"}", 7),
                ("sum(kong_http_status{service=\"members\"})", 8),
                ("kong_http_status{service=\"members\",code=\"401\"}", 3),
                ("kong_bandwidth{service=\"shop\",type=\"ingress\"}", shop.sent),
                ("kong_bandwidth{service=\"shop\",type=\"egress\"}", shop.received),
                ("kong_latency_count{service=\"shop\",type=\"request\"}", 40),
                ("kong_latency_bucket{service=\"shop\",type=\"upstream\",le=\"+Inf\"}", 40),
                ("kong_latency_count{service=\"members\",type=\"upstream\"}", 5),
                ("kong_datastore_reachable", 1), ("kong_nginx_metric_errors_total", 0),
                ("gibbon_route_requests_total{route=\"shop\",class=\"2xx\"}", 40),
                ("gibbon_route_requests_total{route=\"broken\",class=\"5xx\"}", 7),
                ("gibbon_consumer_requests_total{consumer=\"anna\",class=\"2xx\"}", 5),
                ("count(gibbon_consumer_requests_total)", 1),
            ]
        }

        /// What the node tells of its inside whatever the traffic is.
        private static let inside = [
            ("gibbon_target_health{upstream=\"pool.test\",state=\"healthy\"} == 1", 1),
            ("sum(gibbon_target_health)", 2), ("count(gibbon_event_loop_stalls_total)", 2),
            ("sum(gibbon_log_lines_dropped_total)", 0), ("gibbon_log_backlog_bytes", 0),
        ]

        @Test func `queries give the numbers of known traffic and of the inside of the node`() throws {
            try Monitored.with { watched throws in
                #expect(watched.tellDeadTarget())
                let known = try Self.traffic(watched)
                try PrometheusServer.with(scraping: watched.node) { prometheus throws in
                    for (query, value) in known + Self.inside {
                        #expect(prometheus.comes(Double(value), for: query), "\(query) is not \(value)")
                    }
                    let memory = try prometheus.value("gibbon_process_resident_memory_bytes") ?? 0
                    #expect(try memory > 1e6 && memory < 2 * Double(watched.node.worker.peakBytes))
                    #expect(try prometheus.value("gibbon_process_open_fds") ?? 0 > 5)
                    #expect(try prometheus.value("gibbon_snapshot_compile_seconds") ?? 0 > 0)
                    #expect(try prometheus.value("sum(gibbon_upstream_connections{state=\"idle\"})") ?? 0 > 0)

                    let version = try #require(try prometheus.value("gibbon_snapshot_version"))
                    try watched.node.admin("PUT", "/consumers/berta")
                    #expect(prometheus.comes(1, for: "gibbon_snapshot_version > bool \(version)"))
                    _ = try watched.send("/shop", times: 2)
                    #expect(prometheus.comes(42, for: "kong_http_status{service=\"shop\",code=\"200\"}"))
                }
            }
        }

        /// Sends the only request to the service of that name. Tells how many bytes the client got, and what the
        /// service's bandwidth is then.
        private static func bandwidth(
            _ node: Node, _ name: String, _ fields: String, body: String
        ) throws -> (received: Int, ingress: Int?, egress: Int?) {
            let socket = try node.connect()
            defer { socket.close() }
            try socket.send("POST /\(name) HTTP/1.1\r\nHost: t\r\n\(fields)Connection: close\r\n\r\n")
            let isAwaited = fields.contains("100-continue")
            let go = isAwaited ? try socket.line() + socket.line() : ""
            try socket.send(body)
            let received = try socket.rest().count + (isAwaited ? go.utf8.count + 4 : 0)
            var counted: [Int?] = [nil, nil]
            let isTold = eventually(within: 5) {
                let page = try node.metrics()
                counted = ["ingress", "egress"].map { type in
                    let start = "kong_bandwidth{type=\"\(type)\",service=\"\(name)\"} "
                    return page.split(separator: "\n").first { $0.hasPrefix(start) }.flatMap { line in
                        Int(line.dropFirst(start.count))
                    }
                }
                return counted[0] != nil
            }
            #expect(isTold)
            return (received, counted[0], counted[1])
        }

        @Test func `bandwidth is what went over the wire, chunked coding and all`() throws {
            let origin = try Origin(answering: { _ in
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\n!!\r\n0\r\n\r\n"
            })
            defer { origin.stop() }
            try Node.with([:]) { node throws in
                try node.admin("POST", "/plugins", ["name": "prometheus"])
                for name in ["chunked", "awaited", "refused"] {
                    try node.route("/\(name)", to: origin.port, ["name": name])
                }
                let unused = try LocalAddress.freePorts(1)[0]
                for name in ["closed", "gone"] { try node.route("/\(name)", to: unused, ["name": name]) }
                try node.admin("POST", "/services/refused/plugins", ["name": "key-auth"])

                let chunks = "3\r\nabc\r\n0\r\n\r\n"
                for name in ["chunked", "closed"] {
                    let fields = "Transfer-Encoding: chunked\r\n"
                    let head = "POST /\(name) HTTP/1.1\r\nHost: t\r\n\(fields)Connection: close\r\n\r\n"
                    let seen = try Self.bandwidth(node, name, fields, body: chunks)
                    #expect(seen.ingress == head.utf8.count + chunks.utf8.count)
                    #expect(seen.egress == seen.received)
                }
                let fields = "Expect: 100-continue\r\nContent-Length: 3\r\n"
                let awaited = try Self.bandwidth(node, "awaited", fields, body: "abc")
                #expect(awaited.egress == awaited.received, "100 Continue is part of it")
                let length = "Content-Length: 3\r\n"
                let gone = try Self.bandwidth(node, "gone", length, body: "abcdef")
                let whole = "POST /gone HTTP/1.1\r\nHost: t\r\n\(length)Connection: close\r\n\r\nabc"
                #expect(gone.ingress == whole.utf8.count, "what follows the body is none of the request")
                // A body that nobody reads is thrown away uncounted.
                let refused = try Self.bandwidth(node, "refused", length, body: "abc")
                let head = "POST /refused HTTP/1.1\r\nHost: t\r\n\(length)Connection: close\r\n\r\n"
                #expect(refused.ingress == head.utf8.count)
                #expect(refused.egress == refused.received)
            }
        }

        @Test func `the own series are as many as the settings allow`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            defer { origin.stop() }
            for (setting, value) in [("metrics_series_limit", "1"), ("metrics_extended", "off")] {
                try Node.with([setting: value]) { node throws in
                    try node.admin("POST", "/plugins", ["name": "prometheus"])
                    for name in ["first", "second", "third"] {
                        try node.route("/\(name)", to: origin.port, [:], ["name": name])
                        #expect(try node.get("/\(name)").status == 200)
                    }
                    let page = try node.metrics()
                    #expect(page.contains("\nkong_http_status{code=\"200\",service=\"127.0.0.1\"} 3\n"))
                    let isOff = value == "off"
                    #expect(page.contains("gibbon_") != isOff)
                    for line in ["route=\"first\",class=\"2xx\"} 1", "route=\"other\",class=\"2xx\"} 2"] {
                        #expect(page.contains("\ngibbon_route_requests_total{\(line)\n") != isOff)
                    }
                }
            }
        }

        /// Kong's names are what they are: counters without `_total`.
        private static let kongsOwn = [
            "kong_bandwidth counter metrics should have \"_total\" suffix",
            "kong_http_status counter metrics should have \"_total\" suffix",
        ]

        /// What promtool says of a text, line by line.
        private static func promtool(_ check: String, _ text: String) throws -> [String] {
            var said = ""
            try PackagedFiles.withFolder { folder throws in
                let path = folder + "/text"
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                let command = check == "metrics" ? "check metrics <" : "check \(check)"
                said = try Command.run("sh", ["-c", "promtool \(command) '\(path)'"]).output
            }
            return said.split(separator: "\n").map(String.init)
        }

        @Test func `promtool finds nothing in the page but names of Kong's`() throws {
            try Monitored.with { watched throws in
                #expect(watched.tellDeadTarget())
                _ = try watched.send("/members", times: 1, "apikey: a-key\r\n")
                let page = try watched.node.metrics()
                #expect(page.contains("\ngibbon_consumer_requests_total{") && page.contains("\nkong_latency_sum{"))
                #expect(try Self.promtool("metrics", page).sorted() == Self.kongsOwn)
                #expect(try Self.promtool("metrics", page + "no metric\n") != Self.kongsOwn, "promtool looks at it")
            }
        }

        @Test func `promtool takes the configuration that the guide shows`() throws {
            let guide = try String(
                contentsOf: PackagedFiles.root.appendingPathComponent("docs/guide/deploy.md"), encoding: .utf8)
            let start = try #require(guide.range(of: "In `prometheus.yml`:\n\n```yaml\n"))
            let configuration = guide[start.upperBound...].prefix { $0 != "`" }
            #expect(configuration.contains("scrape_configs:"))
            let verdict = try Self.promtool("config", String(configuration))
            #expect(verdict.last?.hasSuffix("is valid prometheus config file syntax") == true, "\(verdict)")
        }
    }
}
