// Which bodies request-size-limiting refuses.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct RequestSizeLimitingTests {
    private let scene = Scene()

    private func status(_ fields: String, limit: Double = 1) -> Int? {
        let x = scene.request("POST / HTTP/1.1" + fields)
        return scene.make(RequestSizeLimiting.self, ["allowed_payload_size": .number(limit)]).access(x).response?.status
    }

    @Test func `the announced length counts in MiB`() {
        #expect(status("\nContent-Length: 1048576") == nil)
        #expect(status("\nContent-Length: 1048577") == 413)
        #expect(status("\nContent-Length: 1048577", limit: 2) == nil)
        #expect(status("") == nil)
    }

    @Test func `a client that asks before it sends gets 417`() {
        #expect(status("\nContent-Length: 1048577\nExpect: 100-continue") == 417)
    }

    @Test func `a body without a length is only measured where a small one is too much`() {
        #expect(!scene.make(RequestSizeLimiting.self, ["allowed_payload_size": 1]).readsBody)
        let strict = scene.make(RequestSizeLimiting.self, ["allowed_payload_size": 0])
        #expect(strict.readsBody)
        #expect(!strict.access(scene.request("POST / HTTP/1.1\nTransfer-Encoding: chunked", body: "a")).isNext)
    }
}
