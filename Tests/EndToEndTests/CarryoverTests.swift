// What a node has counted goes on over reloads: a scrape never sees a counter fall, each request is counted once, and
// nobody gets a second quota.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Figures over reloads")
    struct FiguresOverReloads {
        private static let counted = "kong_http_status{code=\"200\",service=\"counted\"}"

        /// A node that counts requests to one service.
        private static func with(_ origin: Origin, _ body: (Node) throws -> Void) throws {
            defer { origin.stop() }
            try Node.with(["nginx_worker_processes": "2"]) { node in
                try node.admin("POST", "/plugins", ["name": "prometheus"])
                try node.route("/", to: origin.port, ["name": "counted"], ["name": "all"])
                try body(node)
            }
        }

        /// Reloads a node and waits until the new worker serves.
        private static func reload(_ node: Node) throws {
            let old = Set(node.workers)
            #expect(try node.kong("reload").status == 0)
            #expect(eventually(within: 20) { !Set(node.workers).subtracting(old).isEmpty })
        }

        @Test func `reloads under load lose no request and count none twice`() throws {
            try Self.with(Origin(answering: { _ in Origin.ok() })) { node in
                let kept = Load(port: node.proxyPort)
                let new = Load(port: node.proxyPort, connections: 2, .new)
                var last = 0.0
                for _ in 0..<4 {
                    usleep(200_000)
                    try Self.reload(node)
                    for _ in 0..<5 {
                        let value = try node.metric(Self.counted) ?? 0
                        #expect(value >= last, "a counter never falls")
                        last = max(last, value)
                    }
                }
                kept.stop()
                new.stop()
                #expect(kept.failures == [] && new.failures == [])
                #expect(eventually(within: 20) { node.workers.count == 1 })
                let sent = Double(kept.answered + new.answered)
                #expect(sent > 100)
                for series in [
                    Self.counted, "kong_latency_count{type=\"request\",service=\"counted\"}",
                    "kong_latency_bucket{type=\"upstream\",service=\"counted\",le=\"+Inf\"}",
                    "gibbon_route_requests_total{route=\"all\",class=\"2xx\"}",
                ] {
                    let value = try node.metric(series)
                    #expect(value == sent, "\(series)")
                }
                let status = try node.admin("GET", "/status").json["server"] as? [String: Any]
                let total = status?["total_requests"] as? Int ?? 0
                #expect(Double(total) > sent, "requests to the Admin API count as well")
                try Self.reload(node)
                #expect(eventually(within: 20) { node.workers.count == 1 })
                let after = try node.admin("GET", "/status").json["server"] as? [String: Any]
                #expect(after?["total_requests"] as? Int == total + 1)
                #expect(after?["connections_active"] as? Int == 1)
            }
        }

        @Test func `what the old worker ends after the reload is counted when it ends`() throws {
            let mayAnswer = Counter()
            let origin = try Origin { socket, _ in
                while let request = try socket.request() {
                    if request.target == "/slow" { _ = eventually(within: 30) { mayAnswer.value > 0 } }
                    try socket.send(Origin.ok())
                }
            }
            try Self.with(origin) { node in
                let socket = try node.connect()
                defer { socket.close() }
                try socket.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try node.get("/").status == 200)
                // Two reloads, so that the one who ends is not the one before.
                for _ in 0..<2 { try Self.reload(node) }
                #expect(try node.get("/").status == 200)
                #expect(try node.metric(Self.counted) == 2)
                mayAnswer.add(1)
                #expect(try socket.answer().status == 200)
                #expect(eventually(within: 20) { node.workers.count == 1 })
                #expect(try node.metric(Self.counted) == 3)
                try Self.reload(node)
                #expect(eventually(within: 20) { node.workers.count == 1 })
                #expect(try node.metric(Self.counted) == 3)
            }
        }

        @Test func `a rate limit is not forgotten by a reload, nor by the loss of a worker`() throws {
            try Self.with(Origin(answering: { _ in Origin.ok() })) { node in
                try node.admin(
                    "POST", "/services/counted/plugins",
                    ["name": "rate-limiting", "config": ["year": 6, "policy": "local"]])
                for _ in 0..<3 { #expect(try node.get("/").status == 200) }
                try Self.reload(node)
                for _ in 0..<2 { #expect(try node.get("/").status == 200) }
                #expect(eventually(within: 20) { node.workers.count == 1 })
                try Self.reload(node)
                #expect(try node.get("/").fields["x-ratelimit-remaining-year"] == "0")
                #expect(try node.get("/").status == 429)
                #expect(eventually(within: 20) { node.workers.count == 1 })
                // It had it all written down by the workers before it.
                kill(try node.worker.pid, SIGKILL)
                #expect(eventually(within: 20) { try node.get("/").status == 429 })
                #expect(try node.metric(Self.counted) == 6)
            }
        }
    }
}
