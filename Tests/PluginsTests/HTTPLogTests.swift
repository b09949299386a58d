// What http-log sends, and what it says when that fails.

import PluginKit
import Plugins
import Schema
import Testing

struct HTTPLogTests {
    private static func receiver(_ endpoint: String, _ config: JSONObject = [:]) -> HTTPLogReceiver {
        var config = config
        config["http_endpoint"] = .string(endpoint)
        return HTTPLogReceiver(HTTPLog.Config(row: config))
    }

    private static func headers(_ request: OutboundRequest) -> [String] {
        request.headers.map { "\($0.name): \(String(decoding: $0.value, as: UTF8.self))" }
    }

    @Test func `an entry alone is the body, and Host has no port, as in Kong`() {
        let request = Self.receiver("http://logs.test:8080/in?a=1").request(["{}".bytes])
        #expect(request.peer == OutboundPeer(host: "logs.test", port: 8080))
        #expect(!request.usesTLS)
        #expect(request.method == "POST")
        #expect(request.target == "/in?a=1".bytes)
        #expect(request.body == "{}".bytes)
        #expect(Self.headers(request) == ["Host: logs.test", "Content-Type: application/json"])
    }

    @Test func `where a batch has room for several, it is a list, also of one`() {
        let receiver = Self.receiver("http://logs.test", ["queue_size": 3])
        #expect(receiver.request(["1".bytes, "2".bytes]).body == "[1,2]".bytes)
        #expect(receiver.request(["1".bytes]).body == "[1]".bytes)
        #expect(receiver.request([]).target == "/".bytes)
    }

    @Test func `https has its own port, and its certificate is not verified`() {
        let request = Self.receiver("https://logs.test", ["method": "PUT"]).request([])
        #expect(request.peer.port == 443)
        #expect(request.usesTLS)
        #expect(!request.verifiesCertificate)
        #expect(request.method == "PUT")
    }

    @Test func `name and password of the URL are sent as they stand there`() {
        let request = Self.receiver("http://me:p%40ss@logs.test/").request([])
        #expect(Self.headers(request).last == "Authorization: Basic \(String(decoding: Self.encoded, as: UTF8.self))")
    }

    private static let encoded = Base64.encode("me:p%40ss".bytes)

    @Test func `failures are told in Kong's words`() {
        let receiver = Self.receiver("http://logs.test:1/")
        func text(_ result: Result<OutboundAnswer, OutboundFailure>) -> String? { receiver.failure(result) }
        func answer(_ status: Int) -> OutboundAnswer { OutboundAnswer(status: status, headers: [], body: "no".bytes) }
        #expect(text(.success(answer(399))) == nil)
        #expect(text(.success(answer(400))) == "request to logs.test:1 returned status code 400 and body no")
        #expect(
            text(.failure(.unreachable("connection refused")))
                == "failed to connect to logs.test:1: connection refused")
        #expect(text(.failure(.timedOut)) == "failed request to logs.test:1: timeout")
        #expect(text(.failure(.closed)) == "failed request to logs.test:1: closed")
    }

    @Test func `each request is one call, and several wait for each other where they may`() {
        let outbound = RecordingOutbound()
        let scene = Scene()
        let alone = scene.make(HTTPLog.self, ["http_endpoint": "http://logs.test/"])
        let together = scene.make(HTTPLog.self, ["http_endpoint": "http://logs.test/", "queue_size": 2])
        let x = scene.request("GET /a HTTP/1.1")
        x.outbound = outbound
        alone.log(x)
        #expect(outbound.calls.count == 1)
        #expect(outbound.calls.first?.body == String(decoding: LogEntry.json(of: x), as: UTF8.self))
        together.log(x)
        #expect(outbound.calls.count == 1)
        together.log(x)
        #expect(outbound.calls.count == 2)
        #expect(outbound.calls.last?.body.hasPrefix("[{") == true)
        together.log(x)
        outbound.flushStates()
        #expect(outbound.calls.count == 3, "the worker ends")
    }

    @Test func `a failure is a warning`() {
        let outbound = RecordingOutbound()
        let scene = Scene()
        let x = scene.request("GET /a HTTP/1.1")
        x.outbound = outbound
        scene.make(HTTPLog.self, ["http_endpoint": "http://logs.test:1/"]).log(x)
        outbound.calls.first?.answer(500)
        let reason = "request to logs.test:1 returned status code 500 and body "
        #expect(outbound.warnings == ["[http-log] failed to process entries: \(reason)"])
        #expect(outbound.delays == [4000])
    }
}
