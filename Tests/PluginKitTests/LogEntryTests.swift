// The entry of a request, byte by byte where receivers compare bytes, and member by member elsewhere. What is expected
// was told by a Kong 1.1.2 node that was asked the same.

import PluginKit
import Schema
import Testing

@Suite struct LogEntryTests {
    private func json(_ x: Exchange) -> JSON? {
        try? JSON(parsing: LogEntry.json(of: x))
    }

    private func text(_ x: Exchange) -> String {
        String(decoding: LogEntry.json(of: x), as: UTF8.self)
    }

    private func exchange(_ head: String = "GET /api/x?q=1 HTTP/1.1\nHost: a.test:80") -> Exchange {
        let x = Exchange.parsed(head)
        x.clientAddress = Array("10.0.0.1".utf8)
        x.serverPort = 8000
        x.startedAtMilliseconds = 1_795_898_406_653
        x.nowMilliseconds = 1_795_898_406_700
        x.response.status = 200
        var facts = LogFacts()
        facts.host = Array("a.test".utf8)
        x.logFacts = facts
        return x
    }

    @Test func `the request is told as the client sent it`() {
        let x = exchange("POST /api/x?q=1 HTTP/1.1\nHost: a.test:80\nX-A: 1\nx-a: 2\nX-Empty:")
        x.isTLS = true
        x.request.receivedBytes = 70
        #expect(
            json(x)?["request"] == [
                "method": "POST", "uri": "/api/x?q=1", "url": "https://a.test:8000/api/x?q=1", "size": "70",
                "querystring": ["q": "1"],
                "headers": ["host": "a.test:80", "x-a": ["1", "2"], "x-empty": ""],
            ])
        #expect(json(x)?["client_ip"] == "10.0.0.1")
        #expect(json(x)?["started_at"] == 1_795_898_406_653)
        #expect(json(x)?["latencies"] == ["request": 47, "kong": 0, "proxy": -1])
    }

    @Test func `arguments are decoded, flags are true, and repeated ones are lists`() {
        let x = exchange("GET /x?a&b=&c=1&c&c=2&=5&d%41=%20+x&e=%zz&&a/b=c/d HTTP/1.1\nHost: a")
        #expect(
            json(x)?["request"]?["querystring"] == [
                "a": true, "b": "", "c": ["1", true, "2"], "dA": "  x", "e": "zz", "a/b": "c/d",
            ])
        #expect(text(exchange("GET /x HTTP/1.1\nHost: a")).contains(#""querystring":{}"#))
    }

    @Test func `a hundred arguments and headers are told`() {
        let query = (0..<120).map { "k\($0)=1" }.joined(separator: "&")
        let fields = (0..<120).map { "X-\($0): 1" }.joined(separator: "\n")
        let request = json(exchange("GET /x?\(query) HTTP/1.1\nHost: a\n\(fields)"))?["request"]
        #expect(request?["querystring"]?.object?.count == 100)
        #expect(request?["headers"]?.object?.count == 100)
    }

    @Test func `what plugins changed is told as they left it`() {
        let x = exchange("GET /x?q=1 HTTP/1.1\nHost: a\nApikey: k\nX-Old: 1")
        x.request.edits.remove("apikey")
        x.request.edits.set("X-Old", Array("2".utf8))
        x.request.edits.set("X-Consumer-ID", Array("id".utf8))
        x.request.replacedQuery = Array("r=2".utf8)
        #expect(json(x)?["request"]?["headers"] == ["host": "a", "x-old": "2", "x-consumer-id": "id"])
        #expect(json(x)?["request"]?["querystring"] == ["r": "2"])
        #expect(json(x)?["request"]?["uri"] == "/x?q=1")
    }

    @Test func `a method that a plugin changed is told as it went upstream`() {
        let x = exchange()
        x.request.changeMethod(Array("PUT".utf8))
        #expect(json(x)?["request"]?["method"] == "PUT")
    }

    @Test func `an error page is told as the request by GET that nginx makes for it`() {
        for (method, told) in [("POST", "GET"), ("HEAD", "HEAD")] {
            let x = exchange("\(method) /x?q=1 HTTP/1.1\nHost: a")
            x.logFacts?.isErrorPage = true
            #expect(json(x)?["request"]?["method"] == .string(told))
            #expect(json(x)?["request"]?["querystring"] == [:])
            #expect(json(x)?["request"]?["uri"] == "/x?q=1")
        }
    }

    @Test func `the answer is told as the client got it, without a date of our own`() {
        let x = exchange()
        x.response.status = 201
        x.response.headBytesSent = 100
        x.response.bodyBytesSent = 23
        let head = "HTTP/1.1 201 Created\r\nDate: now\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nVia: kong/1.1.2\r\n\r\n"
        x.logFacts?.sentHead = Array(head.utf8)
        x.logFacts?.ownsDate = true
        #expect(
            json(x)?["response"] == [
                "status": 201, "size": "123", "headers": ["set-cookie": ["a=1", "b=2"], "via": "kong/1.1.2"],
            ])
    }

    @Test func `who left without an answer is told as closed`() {
        let x = exchange()
        x.response.status = 499
        #expect(json(x)?["response"] == ["status": 499, "size": "0", "headers": ["connection": "close"]])
    }

    @Test func `slashes are escaped, and bytes that are no text pass as they are`() {
        let x = exchange("GET /a?b=%FF%00%7F HTTP/1.1\nHost: a")
        let bytes = LogEntry.json(of: x)
        #expect(text(x).contains(#""uri":"\/a?b=%FF%00%7F""#))
        let value = Array(#""b":""#.utf8) + [0xFF] + Array(#"\u0000\u007f""#.utf8)
        let isThere = bytes.indices.contains { bytes[$0...].starts(with: value) }
        #expect(isThere)
    }

    @Test func `tries tell why they failed where another one followed`() {
        let x = exchange()
        let ip = Array("10.1.1.1".utf8)
        x.logFacts?.tries = [
            LogTry(ip: ip, port: 80, startedAt: 5, failedWith: 502), LogTry(ip: ip, port: 81, startedAt: 6),
        ]
        #expect(
            json(x)?["tries"] == [
                [
                    "ip": "10.1.1.1", "port": 80, "balancer_start": 5, "balancer_latency": 0, "state": "failed",
                    "code": 502,
                ],
                ["ip": "10.1.1.1", "port": 81, "balancer_start": 6, "balancer_latency": 0],
            ])
    }

    @Test func `no try is an empty object, and without a route there is none of it`() {
        let x = exchange()
        x.logFacts?.tries = []
        x.logFacts?.upstreamURI = Array("/".utf8)
        #expect(text(x).contains(#""tries":{},"upstream_uri":"\/""#))
        let unrouted = exchange()
        unrouted.logFacts?.upstreamURI = []
        #expect(json(unrouted)?["upstream_uri"] == "")
        #expect(json(unrouted)?["tries"] == nil)
        #expect(json(unrouted)?["route"] == nil)
    }

    @Test func `entities are told whole but for what is null`() {
        let x = exchange()
        x.route = RouteInfo(
            id: [], name: nil, row: ["id": "r", "name": .null, "methods": [], "service": ["id": "s"], "tags": .null])
        x.service = ServiceInfo(id: [], name: nil, row: ["id": "s", "path": .null, "port": 80])
        let consumer = ConsumerInfo(id: [], username: nil, customID: nil, row: ["id": "c", "custom_id": .null])
        x.identify(consumer, CredentialInfo(id: Array("k".utf8), consumerID: [], username: nil, row: [:]))
        #expect(json(x)?["route"] == ["id": "r", "methods": [], "service": ["id": "s"]])
        #expect(json(x)?["service"] == ["id": "s", "port": 80])
        #expect(json(x)?["consumer"] == ["id": "c"])
        #expect(json(x)?["authenticated_entity"] == ["id": "k"])
    }

    @Test func `the entry is made once for a request`() {
        let x = exchange()
        let first = text(x)
        x.response.status = 500
        #expect(text(x) == first)
        x.reset()
        #expect(text(x) != first)
    }
}
