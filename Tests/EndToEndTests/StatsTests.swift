// Figures of requests as receivers of StatsD's protocol see them.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Stats")
    struct Stats {
        private static let figures = [
            "request.count:1|c", "latency:N|ms", "request.size:N|ms", "request.status.200:1|c",
            "request.status.total:1|c", "response.size:N|ms", "upstream_latency:N|ms", "kong_latency:N|ms",
        ]

        /// The numbers of timers differ from run to run.
        private static func masked(_ line: String) -> String {
            line.replacing(/:[0-9]+\|ms/, with: ":N|ms")
        }

        @Test(arguments: [("statsd", ""), ("datadog", "|#app:kong")])
        func `every figure of a request is a datagram`(_ plugin: String, _ tags: String) throws {
            let receiver = try DatagramReceiver()
            let origin = try Origin(answering: { _ in Origin.ok("hello") })
            defer { origin.stop() }
            try Node.with { node throws in
                try node.route("/a", to: origin.port, ["name": "shop.items"])
                let config: [String: Any] = ["host": "127.0.0.1", "port": receiver.port]
                try #require(try node.admin("POST", "/plugins", ["name": plugin, "config": config]).status == 201)
                for _ in 0..<2 {
                    #expect(try node.get("/a").status == 200)
                    let lines = try receiver.texts(8)
                    #expect(lines.map(Self.masked) == Self.figures.map { "kong.shop_items.\($0)\(tags)" })
                }
                #expect(try node.get("/unknown").status == 404)
                #expect(receiver.receive(within: 100) == nil)
            }
        }

        @Test func `sizes are those of the request and of the answer, latencies add up`() throws {
            let receiver = try DatagramReceiver()
            let origin = try Origin(answering: { _ in
                usleep(100_000)
                return Origin.ok("hello")
            })
            defer { origin.stop() }
            try Node.with { node throws in
                try node.route("/a", to: origin.port, ["name": "shop"])
                let names = ["request_size", "response_size", "latency", "upstream_latency", "kong_latency"]
                let metrics = names.map { ["name": $0, "stat_type": "gauge", "sample_rate": 0.5] as [String: Any] }
                let config: [String: Any] = ["host": "127.0.0.1", "port": receiver.port, "metrics": metrics]
                try #require(try node.admin("POST", "/plugins", ["name": "statsd", "config": config]).status == 201)
                let socket = try node.connect()
                defer { socket.close() }
                let request = "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nConnection: close\r\n\r\n12345"
                try socket.send(request)
                let answer = try socket.rest()
                let lines = try receiver.texts(5)
                let values = lines.compactMap { Int($0.split(separator: ":")[1].prefix { $0.isNumber }) }
                #expect(lines.allSatisfy { $0.hasSuffix("|g|@0.5") })
                #expect(values.prefix(2) == [request.utf8.count, answer.count])
                #expect(values[3] >= 100)
                #expect(values[2] >= values[3])
                #expect(values[4] <= values[2] - values[3] + 1)
            }
        }

        @Test func `a receiver that is not there is told of in the error log`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            defer { origin.stop() }
            try Node.with { node throws in
                try node.route("/a", to: origin.port)
                let config: [String: Any] = ["host": "nowhere.invalid"]
                try #require(try node.admin("POST", "/plugins", ["name": "statsd", "config": config]).status == 201)
                #expect(try node.get("/a").status == 200)
                let line = "[statsd] failed to send data to nowhere.invalid:8125"
                #expect(eventually(within: 20) { node.log("error.log").contains(line) })
            }
        }
    }
}
