// What an Azure function is asked, and what becomes of its answer.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct AzureFunctionsTests {
    private let scene = Scene()

    private func ask(
        _ config: JSONObject = [:], _ head: String = "GET /p HTTP/1.1", body: String? = nil
    ) -> FunctionScene {
        var all: JSONObject = ["appname": "app", "functionname": "/fn/"]
        for (name, value) in config { all[name] = value }
        return FunctionScene(scene.make(AzureFunctions.self, all), scene.request(head, body: body))
    }

    private func target(_ config: JSONObject, upstream: String, query: String = "") throws -> String {
        let x = scene.request("GET /p\(query) HTTP/1.1")
        var all: JSONObject = ["appname": "app", "functionname": "/fn/"]
        for (name, value) in config { all[name] = value }
        let outbound = RecordingOutbound()
        let driver = ResumedDriver(upstreamPath: upstream)
        (x.outbound, x.driver) = (outbound, driver)
        _ = scene.make(AzureFunctions.self, all).access(x)
        return String(decoding: try #require(outbound.calls.first).request.target, as: UTF8.self)
    }

    @Test func `the application's host is asked over TLS unless that is off`() throws {
        let request = try ask().call().request
        #expect(request.peer == OutboundPeer(host: "app.azurewebsites.net", port: 443))
        #expect(request.usesTLS && !request.verifiesCertificate)
        let plain = try ask(["https": false, "hostdomain": "test", "https_verify": true]).call().request
        #expect(plain.peer == OutboundPeer(host: "app.test", port: 80))
        #expect(!plain.usesTLS)
        #expect(try ask(["https_verify": true]).call().request.verifiesCertificate)
    }

    @Test func `the upstream's path follows the function's, with one slash between them`() throws {
        #expect(try target([:], upstream: "/base/p") == "/api/fn/base/p")
        #expect(try target(["routeprefix": "/x/y//"], upstream: "/") == "/x/y/fn/")
        #expect(try target(["routeprefix": "/"], upstream: "//p") == "/fn//p")
        #expect(try target([:], upstream: "/p", query: "?x=1&y&x=%20+") == "/api/fn/p?x=1&y&x=%20+")
        #expect(try target([:], upstream: "/p", query: "?") == "/api/fn/p")
    }

    @Test func `method, type, body and keys go with it, and no other header`() throws {
        let asked = ask(
            ["apikey": "K", "clientid": "C"], "DELETE /p HTTP/1.1\nContent-Type: a/b\nX-A: 1", body: "body")
        let request = try asked.call().request
        #expect(request.method == "DELETE")
        #expect(request.body == "body".bytes)
        let headers = request.headers.map { "\($0.name): \(String(decoding: $0.value, as: UTF8.self))" }
        #expect(
            headers == ["Content-Type: a/b", "x-functions-key: K", "x-functions-clientid: C", "Content-Length: 4"])
        #expect(try ask().call().request.headers.map(\.name) == ["Content-Length"])
    }

    @Test func `the function's answer is the client's`() throws {
        let asked = ask()
        try asked.answer(418, [("X-A", "1"), ("Connection", "close")], "tea")
        #expect(asked.response?.status == 418)
        #expect(asked.response?.text == "tea")
        #expect(asked.response?.values("X-A") == ["1"])
        #expect(asked.response?.values("Via") == ["kong/1.1.2"])
        #expect(asked.response?.values("Connection") == [])
    }

    @Test func `failures have Kong's two texts`() throws {
        for (failure, text) in [
            (OutboundFailure.unreachable("refused"), "ocurred"), (.unresolved("no name"), "ocurred"),
            (.timedOut, "occurred"), (.closed, "occurred"),
        ] {
            let asked = ask()
            try asked.fail(failure)
            #expect(asked.response?.status == 500)
            #expect(asked.response?.text == #"{"message":"An unexpected error \#(text)"}"#)
        }
    }
}
