// What correlation-id adds to requests and answers.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct CorrelationIDTests {
    private let scene = Scene()
    private let name: HeaderName = "Kong-Request-ID"

    private func exchange(_ config: JSONObject, _ head: String = "GET / HTTP/1.1") -> Exchange {
        let x = scene.request(head)
        #expect(scene.make(CorrelationID.self, config).access(x).isNext)
        return x
    }

    @Test func `a UUID is made for each request`() throws {
        let one = try #require(exchange(["generator": "uuid"]).upstreamHeader(name))
        let two = try #require(exchange(["generator": "uuid"]).upstreamHeader(name))
        #expect(one != two)
        #expect(one.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }

    @Test func `the default is the worker's UUID and a running number`() {
        let worker = String(decoding: scene.node.workerID, as: UTF8.self)
        #expect(exchange([:]).upstreamHeader(name) == worker + "#1")
        #expect(exchange([:]).upstreamHeader(name) == worker + "#2")
    }

    @Test func `the tracker says where and when the request came in`() {
        let x = scene.request("GET / HTTP/1.1")
        x.serverAddress = "10.1.1.1".bytes
        x.serverPort = 8000
        x.connectionSerial = 12
        x.requestNumber = 3
        x.nowMilliseconds = 1_500_000_000_045
        _ = scene.make(CorrelationID.self, ["generator": "tracker"]).access(x)
        #expect(x.upstreamHeader(name) == "10.1.1.1-8000-4711-12-3-1500000000.045")
    }

    @Test func `an id that the client sent is kept`() {
        let x = exchange(["echo_downstream": true], "GET / HTTP/1.1\nkong-request-id: mine")
        #expect(x.request.edits.isEmpty)
        #expect(x.clientHeader(name) == "mine")
    }

    @Test func `the client is told the id with dashes in its name, and an empty one as a blank`() {
        let config: JSONObject = ["echo_downstream": true, "header_name": "x_req"]
        #expect(exchange(config, "GET / HTTP/1.1\nx_req: mine").clientHeader("x-req") == "mine")
        #expect(exchange(config, "GET / HTTP/1.1\nx-req:").clientHeader("x-req") == " ")
    }

    @Test func `the id is only echoed when asked for`() {
        #expect(exchange([:]).clientHeader(name) == nil)
        let x = exchange(["echo_downstream": true, "header_name": "X-Req"])
        #expect(x.clientHeader("X-Req") != nil)
        #expect(x.clientHeader("X-Req") == x.upstreamHeader("X-Req"))
    }
}
