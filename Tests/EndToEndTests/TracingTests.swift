// Traces as a receiver of Zipkin's API and the services behind the gateway see them.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Tracing")
    struct Tracing {
        private static let traceID = "80f198ee56343ba864fe8b2a57d3eff7"
        private static let context = "X-B3-TraceId: \(traceID)\r\nX-B3-SpanId: 00f067aa0ba902b7\r\nX-B3-Sampled: 1\r\n"

        /// An upstream that answers with the headers of B3 that it was sent, by name.
        private static func upstream() throws -> Origin {
            try Origin(answering: { request in
                let names = ["x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled"]
                return Origin.ok(names.map { request.fields[$0] ?? "-" }.joined(separator: " "))
            })
        }

        private static func trace(_ node: Node, _ collector: SpanCollector) throws {
            let config: [String: Any] = ["http_endpoint": collector.endpoint, "sample_ratio": 1]
            guard try node.admin("POST", "/plugins", ["name": "zipkin", "config": config]).status == 201 else {
                throw SocketFault("no plugin")
            }
        }

        @Test func `a trace goes from the client through the gateway to the upstream and is reported`() throws {
            let (collector, origin) = (try SpanCollector(), try Self.upstream())
            defer { for each in [collector.origin, origin] { each.stop() } }
            try Node.with { node throws in
                try node.route("/a", to: origin.port, ["name": "shop"])
                try Self.trace(node, collector)
                let socket = try node.connect()
                defer { socket.close() }
                let told = try socket.get("/a?b=c", Self.context).text.split(separator: " ").map(String.init)
                let spans = try collector.spans(of: 1)
                let names = ["header_filter", "rewrite", "access", "balancer", "body_filter", "proxy", "request"]
                #expect(spans.map { $0["name"] } == names.map { "kong.\($0)" })
                #expect(spans.allSatisfy { $0["traceId"] == Self.traceID && $0.duration >= 0 })
                let (request, proxy) = (spans[6], spans[5])
                #expect(told == [Self.traceID, proxy["id"], request["id"], "1"])
                #expect(request["parentId"] == "00f067aa0ba902b7")
                #expect(request.tags["http.url"] == "http://t:\(node.proxyPort)/a?b=c")
                #expect(request.tags["http.status_code"] == "200")
                let id = try node.admin("GET", "/").json["node_id"] as? String
                #expect(request.tags["kong.node.id"] == id)
                let client = request.remote.split(separator: ":").map(String.init)
                #expect(client.first == "127.0.0.1" && Int(client[1]) ?? 0 > 1024)
                #expect([proxy.remote, spans[3].remote] == Array(repeating: "127.0.0.1:\(origin.port)", count: 2))
                #expect(abs(request.timestamp / 1e6 - Date().timeIntervalSince1970) < 60)
                #expect(collector.reports.first?.fields["content-type"] == "application/json")
            }
        }

        @Test func `every attempt to get an answer is a span`() throws {
            let (collector, origin) = (try SpanCollector(), try Self.upstream())
            defer { for each in [collector.origin, origin] { each.stop() } }
            let dead = try LocalAddress.freePorts(1)[0]
            try Node.with { node throws in
                let pool = try Pool.make(on: node, targets: [(dead, 100), (origin.port, 100)])
                try Self.trace(node, collector)
                #expect(pool.send(4).isEmpty)
                let spans = try collector.spans(of: 4)
                let tries = spans.filter { $0["name"] == "kong.balancer" }
                let failed = tries.filter { $0.tags["error"] == "true" }
                #expect(Set(failed.map(\.remote)) == ["127.0.0.1:\(dead)"])
                #expect(failed.allSatisfy { $0.tags["kong.balancer.code"] == "502" })
                #expect(failed.allSatisfy { $0.tags["kong.balancer.state"] == "failed" })
                #expect(tries.count == 4 + failed.count)
                let proxies = spans.filter { $0["name"] == "kong.proxy" }
                #expect(proxies.map { $0.tags["peer.hostname"] } == Array(repeating: "127.0.0.1", count: 4))
            }
        }

        @Test func `requests that meet no route or are no requests are reported as well`() throws {
            let collector = try SpanCollector()
            defer { collector.origin.stop() }
            try Node.with { node throws in
                try Self.trace(node, collector)
                #expect(try node.get("/unknown").status == 404)
                let unknown = try collector.spans(of: 1)
                #expect(
                    unknown.map { $0["name"] }
                        == ["header_filter", "rewrite", "body_filter", "proxy", "request"].map {
                            "kong.\($0)"
                        })
                let refused = "POST /b HTTP/1.1\r\nHost: t\r\nContent-Length: x\r\n\r\n"
                #expect(try node.exchange(refused).status == 400)
                #expect(try collector.spans(of: 2).last?.tags["http.status_code"] == "400")
            }
        }

        @Test func `a receiver that fails costs its report and a line, the next reports come`() throws {
            let (collector, origin) = (try SpanCollector(), try Self.upstream())
            defer { for each in [collector.origin, origin] { each.stop() } }
            try Node.with { node throws in
                try node.route("/a", to: origin.port)
                try Self.trace(node, collector)
                collector.answer(500)
                #expect(try node.get("/a").status == 200)
                let line = "[zipkin] reporter flush failed: 500"
                #expect(eventually(within: 20) { node.log("error.log").contains(line) })
                collector.answer(202)
                #expect(try node.get("/a").status == 200)
                #expect(try collector.spans(of: 2).count == 14)
            }
        }

        @Test func `under load no span is lost, and what waits leaves together`() throws {
            let (collector, origin) = (try SpanCollector(), try Self.upstream())
            defer { for each in [collector.origin, origin] { each.stop() } }
            try Node.with { node throws in
                let pool = try Pool.make(on: node, targets: [(origin.port, 100)])
                try Self.trace(node, collector)
                #expect(pool.send(400, connections: 8).isEmpty)
                let spans = try collector.spans(of: 400)
                #expect(Set(spans.map { $0["id"] }).count == 2800)
                #expect(collector.reports.count <= 400)
            }
        }
    }
}
