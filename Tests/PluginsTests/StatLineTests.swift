// What statsd and datadog send of a request.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct StatLineTests {
    private let scene = Scene()
    private let outbound = RecordingOutbound()

    /// A request to `shop.items` that is over: 60 ms, of which the upstream had 40.
    private func finished(_ service: ServiceInfo? = Self.service("shop.items")) -> Exchange {
        let x = scene.request("GET / HTTP/1.1")
        x.outbound = outbound
        x.service = service
        x.response.status = 201
        x.response.headBytesSent = 100
        x.response.bodyBytesSent = 23
        x.startedAtMilliseconds = 1000
        x.nowMilliseconds = 1060
        x.request.receivedBytes = 83
        var facts = LogFacts()
        facts.kongMilliseconds = 20
        facts.waitedMilliseconds = 40
        x.logFacts = facts
        return x
    }

    private static func service(_ name: String?) -> ServiceInfo {
        ServiceInfo(id: "1".bytes, name: name?.bytes, row: ["host": "127.0.0.1"])
    }

    private static func metric(
        _ name: String, _ type: String, rate: JSON = .null, consumer: JSON = .null, tags: JSON? = nil
    ) -> JSON {
        var row: JSONObject = [
            "name": .string(name), "stat_type": .string(type), "sample_rate": rate,
            "consumer_identifier": consumer,
        ]
        if let tags { row["tags"] = tags }
        return .object(row)
    }

    private var lines: [String] { outbound.datagrams.map(\.text) }

    private func statsd(_ metrics: [JSON]) -> StatsD {
        scene.make(StatsD.self, ["metrics": .array(metrics)])
    }

    @Test func `without settings every figure goes to the local port 8125, a line in a datagram`() {
        scene.make(StatsD.self).log(finished())
        #expect(
            lines == [
                "kong.shop_items.request.count:1|c", "kong.shop_items.latency:60|ms",
                "kong.shop_items.request.size:83|ms", "kong.shop_items.request.status.201:1|c",
                "kong.shop_items.request.status.total:1|c", "kong.shop_items.response.size:123|ms",
                "kong.shop_items.upstream_latency:40|ms", "kong.shop_items.kong_latency:20|ms",
            ])
        #expect(
            outbound.datagrams.allSatisfy { $0.peer == OutboundPeer(host: "localhost", port: 8125) })
        #expect(outbound.datagrams.allSatisfy { $0.sender == "statsd" })
    }

    @Test func `figures of a consumer take the identifier that is asked for, if there is one`() {
        let x = finished()
        scene.identifyAlice(x)
        let id = Scene.aliceID.split(separator: "-").joined(separator: "_")
        for (identifier, name) in [("username", "alice"), ("consumer_id", id), ("custom_id", nil)] {
            statsd([
                Self.metric("unique_users", "set", rate: 0.5, consumer: .string(identifier)),
                Self.metric("request_per_user", "counter", rate: 1, consumer: .string(identifier)),
                Self.metric("status_count_per_user", "counter", rate: 0.5, consumer: .string(identifier)),
            ]).log(x)
            let expected = name.map { name in
                [
                    "user.uniques:\(name)|s", "user.\(name).request.count:1|c",
                    "user.\(name).request.status.201:1|c|@0.5", "user.\(name).request.status.total:1|c|@0.5",
                ]
            }
            #expect(
                lines.suffix(expected?.count ?? 0) == (expected ?? []).map { "kong.shop_items.\($0)" }[...])
        }
        #expect(lines.count == 8)
    }

    @Test func `a rate is told in Lua's form, and nothing is left out for it`() {
        let rates: [JSON] = [0.1, 0.12345678901234568, 1e-7, 1e20, 2, 12345678.5, 1, 0]
        statsd(rates.map { Self.metric("latency", "gauge", rate: $0) }).log(finished())
        let told = [
            "|@0.1", "|@0.12345678901235", "|@1e-07", "|@1e+20", "|@2", "|@12345678.5", "", "|@0",
        ]
        #expect(lines == told.map { "kong.shop_items.latency:60|g\($0)" })
    }

    @Test func `every type has its sign`() {
        let types = ["counter", "gauge", "histogram", "meter", "set", "timer"]
        statsd(types.map { Self.metric("latency", $0, rate: 1) }).log(finished())
        #expect(
            lines.compactMap { $0.split(separator: "|").last.map(String.init) } == [
                "c", "g", "h", "m", "s", "ms",
            ])
    }

    @Test func `a service without a name goes by its host, a request without a service not at all`() {
        let plugin = statsd([Self.metric("request_count", "counter", rate: 1)])
        plugin.log(finished(Self.service(nil)))
        plugin.log(finished(nil))
        #expect(lines == ["kong.127_0_0_1.request.count:1|c"])
    }

    @Test func `a request that no upstream answered has a latency of -1`() {
        let x = finished()
        x.logFacts?.waitedMilliseconds = -1
        statsd([Self.metric("upstream_latency", "timer")]).log(x)
        #expect(lines == ["kong.shop_items.upstream_latency:-1|ms"])
    }

    @Test func `null for the figures sends none, null for the prefix is kong`() {
        scene.make(StatsD.self, ["metrics": .null]).log(finished())
        #expect(lines.isEmpty)
        let metrics: JSON = [Self.metric("request_count", "counter", rate: 1)]
        scene.make(StatsD.self, ["prefix": .null, "metrics": metrics]).log(finished())
        scene.make(StatsD.self, ["prefix": "my.gate", "metrics": metrics]).log(finished())
        #expect(lines == ["kong.shop_items.request.count:1|c", "my.gate.shop_items.request.count:1|c"])
    }

    @Test func `datadog adds tags`() {
        let config: JSONObject = [
            "host": "agent.test", "port": 1, "prefix": "p",
            "metrics": [
                Self.metric("request_count", "counter", rate: 0, tags: []),
                Self.metric("status_count", "counter", rate: 0.25, tags: ["env:test", "team"]),
                Self.metric("unique_users", "set", rate: 0.5, consumer: "username", tags: ["a b"]),
            ],
        ]
        let x = finished()
        scene.identifyAlice(x)
        scene.make(Datadog.self, config).log(x)
        #expect(
            lines == [
                "p.shop_items.request.count:1|c|@0",
                "p.shop_items.request.status.201:1|c|@0.25|#env:test,team",
                "p.shop_items.request.status.total:1|c|@0.25|#env:test,team",
                "p.shop_items.user.uniques:alice|s|#a b",
            ])
        #expect(outbound.datagrams.allSatisfy { $0.peer == OutboundPeer(host: "agent.test", port: 1) })
        #expect(outbound.datagrams.allSatisfy { $0.sender == "datadog" })
    }

    @Test func `datadog's own figures are tagged`() {
        scene.make(Datadog.self).log(finished())
        #expect(lines.count == 8)
        #expect(lines.first == "kong.shop_items.request.count:1|c|#app:kong")
    }
}
