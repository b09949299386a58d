// How spans leave: together, one report after the other, and not at any price.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct ZipkinQueueTests {
    private let scene = Scene()
    private let outbound = RecordingOutbound()

    private func log(_ endpoint: String = "http://z.test/spans", _ count: Int = 1, uri: String = "/") {
        let plugin = scene.make(Zipkin.self, ["http_endpoint": .string(endpoint), "sample_ratio": 1])
        for _ in 0..<count {
            let x = scene.request("GET \(uri) HTTP/1.1")
            x.outbound = outbound
            _ = plugin.access(x)
            plugin.log(x)
        }
    }

    private func reported(_ call: Int) throws -> Int {
        try JSON(parsing: outbound.calls[call].request.body).array?.filter {
            $0["name"] == "kong.request"
        }.count ?? 0
    }

    @Test func `spans of one turn leave together, those that come meanwhile after the answer`() throws {
        log(count: 2)
        #expect(outbound.delays == [0])
        outbound.runScheduled()
        #expect(try reported(0) == 2)
        log(count: 3)
        #expect(outbound.delays.isEmpty)
        #expect(outbound.calls.count == 1)
        outbound.calls[0].answer(202)
        #expect(try reported(1) == 3)
        outbound.calls[1].answer(200)
        #expect(outbound.calls.count == 2)
        log()
        #expect(outbound.delays == [0])
    }

    private func log(count: Int) { log("http://z.test/spans", count) }

    @Test(arguments: [
        ("http://z.test", "z.test", 80, false, "/"),
        ("https://z.test/a?b=c", "z.test", 443, true, "/a?b=c"),
        ("http://127.0.0.1:9411/api/v2/spans", "127.0.0.1", 9411, false, "/api/v2/spans"),
        ("http://[::1]:1/x", "::1", 1, false, "/x"),
    ])
    func `a report goes to the endpoint`(
        _ url: String, _ host: String, _ port: Int, _ tls: Bool, _ target: String
    ) {
        log(url)
        outbound.runScheduled()
        let request = outbound.calls[0].request
        #expect(request.peer == OutboundPeer(host: host, port: port))
        #expect([request.usesTLS, request.verifiesCertificate] == [tls, true])
        #expect(request.method == "POST")
        #expect(String(decoding: request.target, as: UTF8.self) == target)
        #expect(request.headers.map { $0.name } == ["Content-Type"])
        #expect(request.headers.map { $0.value } == ["application/json".bytes])
    }

    @Test
    func `a receiver that fails loses the report, is told of in a line and left alone for a second`()
        throws
    {
        log()
        outbound.runScheduled()
        outbound.calls[0].answer(500)
        log(count: 2)
        #expect(outbound.errors == ["[zipkin] reporter flush failed: 500"])
        #expect(outbound.delays == [1000])
        outbound.runScheduled()
        #expect(try reported(1) == 2)
        outbound.calls[1].done(.failure(.unreachable("connection refused")))
        #expect(outbound.errors.last == "[zipkin] reporter flush failed to request: connection refused")
        outbound.runScheduled()
        #expect(outbound.calls.count == 2)
        log()
        #expect(outbound.delays == [0])
    }

    @Test func `what waits for a slow receiver has a limit`() throws {
        log()
        outbound.runScheduled()
        let long = "/" + String(repeating: "x", count: 8000)
        log(uri: long, count: 600)
        outbound.calls[0].answer(200)
        let bytes = outbound.calls[1].request.body.count
        #expect((4 << 20..<5 << 20).contains(bytes))
        let kept = try reported(1)
        #expect(
            outbound.errors == [
                "[zipkin] the spans of \(600 - kept) requests were dropped: 4194304 bytes waited"
            ])
    }

    private func log(uri: String, count: Int) { log("http://z.test/spans", count, uri: uri) }

    @Test func `the end of the worker waits for nobody`() throws {
        log()
        outbound.runScheduled()
        log(count: 2)
        outbound.flushStates()
        #expect(try reported(1) == 2)
        outbound.flushStates()
        #expect(outbound.calls.count == 2)
    }
}
