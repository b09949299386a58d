// What zipkin reports of a request.

import NIOCore
import PluginKit
import Plugins
import Schema
import Testing
import Wire

@Suite struct ZipkinSpanTests {
    private let scene = Scene()
    private let outbound = RecordingOutbound()

    private func plugin(_ endpoint: String = "http://z.test/api/v2/spans") -> Zipkin {
        scene.make(Zipkin.self, ["http_endpoint": .string(endpoint), "sample_ratio": 1])
    }

    private static let shop = ServiceInfo(
        id: "s-1".bytes, name: "shop".bytes, row: ["host": "up.test", "port": 8000])
    private static let route = RouteInfo(id: "r-1".bytes, name: nil, row: [:])

    /// A request that began at 1000 ms; its answer's head came at 1040.
    private func request(_ head: String = "GET /a?b=c HTTP/1.1") -> Exchange {
        let x = scene.request(head)
        x.outbound = outbound
        x.serverPort = 8000
        x.startedAtMilliseconds = 1000
        x.nowMilliseconds = 1000
        x.logFacts = LogFacts()
        x.logFacts?.host = "a.test".bytes
        x.logFacts?.clientPort = 4711
        return x
    }

    private func proxied(_ head: String = "GET /a?b=c HTTP/1.1", tries: [LogTry]) -> Exchange {
        let x = request(head)
        x.service = Self.shop
        x.route = Self.route
        x.logFacts?.tries = tries
        x.logFacts?.peerName = "up.test".bytes
        return x
    }

    private static func attempt(_ ip: String, at time: Int64, failedWith status: Int? = nil) -> LogTry {
        LogTry(ip: ip.bytes, port: 8001, startedAt: time, failedWith: status)
    }

    /// Plays the phases of a request whose answer had `status`, and reads the spans.
    private func spans(_ x: Exchange, status: Int = 200, access: Bool = true, head: Bool = true)
        throws -> [JSON]
    {
        let plugin = plugin()
        if access { #expect(plugin.access(x).isNext) }
        x.response.status = status
        x.nowMilliseconds = 1040
        if head { plugin.responseHead(x) }
        x.nowMilliseconds = 1050
        plugin.log(x)
        outbound.runScheduled()
        let body = try #require(outbound.calls.last?.request.body)
        outbound.calls.last?.answer(202)
        return try #require(try JSON(parsing: body).array)
    }

    private func names(_ spans: [JSON]) -> [String] {
        spans.compactMap { $0["name"]?.string?.split(separator: ".").last.map(String.init) }
    }

    private func times(_ span: JSON) -> [Double] {
        [span["timestamp"]?.number ?? -1, span["duration"]?.number ?? -1]
    }

    @Test
    func `a proxied request has spans of its phases and attempts, in the order in which they end`()
        throws
    {
        let x = proxied(tries: [
            Self.attempt("10.0.0.9", at: 1010, failedWith: 502), Self.attempt("::1", at: 1020),
        ])
        let spans = try spans(x)
        #expect(
            names(spans) == [
                "header_filter", "rewrite", "access", "balancer", "balancer", "body_filter", "proxy",
                "request",
            ])
        #expect(
            spans.map(times) == [
                [1_040_000, 0], [1_000_000, 0], [1_000_000, 10_000], [1_010_000, 0], [1_020_000, 0],
                [1_040_000, 10_000],
                [1_000_000, 50_000], [1_000_000, 50_000],
            ])
        let first = spans[3]
        #expect(first["remoteEndpoint"] == ["ipv4": "10.0.0.9", "port": 8001])
        #expect(
            first["tags"] == [
                "kong.balancer.try": "1", "error": "true", "kong.balancer.state": "failed",
                "kong.balancer.code": "502",
            ])
        #expect(spans[4]["remoteEndpoint"] == ["ipv6": "::1", "port": 8001])
        #expect(spans[4]["tags"] == ["kong.balancer.try": "2"])
    }

    @Test func `the spans hang together`() throws {
        let x = proxied(tries: [Self.attempt("10.0.0.9", at: 1010)])
        let spans = try spans(x)
        let request = try #require(spans.last)
        let proxy = try #require(spans.dropLast().last)
        #expect(request["parentId"] == nil)
        #expect(proxy["parentId"] == request["id"])
        #expect(x.upstreamHeader("x-b3-spanid") == proxy["id"]?.string)
        #expect(x.upstreamHeader("x-b3-parentspanid") == request["id"]?.string)
        for span in spans.dropLast(2) {
            #expect(span["parentId"] == (span["name"] == "kong.rewrite" ? request["id"] : proxy["id"]))
        }
        #expect(Set(spans.compactMap { $0["id"]?.string }).count == spans.count)
        #expect(
            Set(spans.compactMap { $0["traceId"]?.string }) == [x.upstreamHeader("x-b3-traceid") ?? ""])
    }

    @Test func `request and proxy say who, what and where`() throws {
        let x = proxied("GET /a%20b?c=d HTTP/1.1", tries: [Self.attempt("10.0.0.9", at: 1010)])
        scene.identifyAlice(x)
        let spans = try spans(x, status: 404)
        let request = try #require(spans.last)
        #expect(request["kind"] == "SERVER")
        #expect(request["localEndpoint"] == .null)
        #expect(request["remoteEndpoint"] == ["ipv4": "10.0.0.1", "port": 4711])
        #expect(
            request["tags"] == [
                "component": "kong", "http.method": "GET", "http.url": "http://a.test:8000/a%20b?c=d",
                "http.status_code": "404", "kong.consumer": .string(Scene.aliceID),
                "kong.node.id": "node-1",
            ])
        let proxy = try #require(spans.dropLast().last)
        #expect(proxy["kind"] == "CLIENT")
        #expect(proxy["localEndpoint"] == ["serviceName": "shop"])
        #expect(proxy["remoteEndpoint"] == ["ipv4": "10.0.0.9", "port": 8001])
        #expect(
            proxy["tags"] == ["peer.hostname": "up.test", "kong.service": "s-1", "kong.route": "r-1"])
    }

    @Test func `a request that a plugin answered ends in its access phase`() throws {
        let spans = try spans(proxied(tries: []), status: 403)
        #expect(
            names(spans) == ["header_filter", "rewrite", "access", "body_filter", "proxy", "request"])
        #expect(times(spans[2]) == [1_000_000, 50_000])
        #expect(spans[4]["remoteEndpoint"] == ["port": 8000])
        #expect(spans[4]["tags"] == ["kong.service": "s-1", "kong.route": "r-1"])
    }

    @Test func `an answer to HEAD has no body to send, a client that left had no answer`() throws {
        let tries = [Self.attempt("10.0.0.9", at: 1010)]
        let head = try spans(proxied("HEAD / HTTP/1.1", tries: tries))
        #expect(names(head) == ["rewrite", "access", "balancer", "header_filter", "proxy", "request"])
        #expect(times(head[3]) == [1_040_000, 10_000])
        let left = try spans(proxied(tries: tries), status: 499, head: false)
        #expect(names(left) == ["rewrite", "access", "balancer", "proxy", "request"])
    }

    @Test func `a request without a route met no plugin, a malformed one not even the router`() throws {
        let unknown = try spans(request("POST /a HTTP/1.1"), status: 404, access: false)
        #expect(names(unknown) == ["header_filter", "rewrite", "body_filter", "proxy", "request"])
        #expect(times(unknown[3]) == [1_040_000, 10_000])
        #expect(unknown[3]["remoteEndpoint"] == .null)
        #expect(unknown[4]["tags"]?["http.method"] == "POST")
        let x = request("POST /a HTTP/1.1")
        x.logFacts?.isErrorPage = true
        let refused = try spans(x, status: 400, access: false)
        #expect(names(refused) == ["header_filter", "body_filter", "proxy", "request"])
        #expect(refused[3]["tags"]?["http.method"] == "GET")
    }

    @Test(arguments: [("a.test", false, 80), ("a.test", true, 443), ("a.test:8080", false, 8080)])
    func `without a service the port is the one in the request`(
        _ host: String, _ isTLS: Bool, _ port: Int
    ) throws {
        let x = Exchange()
        let text = "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n"
        x.request.bytes = ByteBuffer(string: text)
        #expect(x.request.head.parse(text.bytes.span, limits: HeadLimits()) == .complete)
        x.outbound = outbound
        x.route = Self.route
        x.isTLS = isTLS
        let proxy = try #require(try spans(x, status: 403).dropLast().last)
        #expect(proxy["remoteEndpoint"] == ["port": .number(Double(port))])
        #expect(proxy["tags"] == [:])
    }

    @Test func `a client whose port is not known is told in a tag`() throws {
        let x = request()
        x.logFacts?.clientPort = nil
        let request = try #require(try spans(x, status: 404, access: false).last)
        #expect(request["remoteEndpoint"] == .null)
        #expect(request["tags"]?["peer.ipv4"] == "10.0.0.1")
    }

    @Test func `a request that is not sampled is not reported`() {
        let x = request("GET / HTTP/1.1\nX-B3-TraceId: 80f198ee56343ba8\nX-B3-Sampled: 0")
        let plugin = plugin()
        _ = plugin.access(x)
        plugin.log(x)
        #expect(outbound.delays.isEmpty)
    }
}
