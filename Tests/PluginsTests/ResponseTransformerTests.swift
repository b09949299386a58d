// What response-transformer makes of an answer.

import NIOCore
import PluginKit
import Plugins
import Schema
import Testing
import Wire

@Suite struct ResponseTransformerTests {
    private let scene = Scene()

    private func proxied(_ config: JSONObject) -> HeaderEdits {
        let x = scene.request("GET / HTTP/1.1")
        let text = "HTTP/1.1 200 OK\r\nX-Up: 1\r\nContent-Length: 0\r\n\r\n"
        x.response.bytes = ByteBuffer(string: text)
        #expect(x.response.head.parse(text.bytes.span, limits: HeadLimits()) == .complete)
        x.response.isProxied = true
        scene.make(ResponseTransformer.self, config).responseHead(x)
        return x.response.edits
    }

    private func values(_ edits: HeaderEdits, _ name: HeaderName) -> [String] {
        edits.values(of: name).map { String(decoding: $0, as: UTF8.self) }
    }

    private func hides(_ edits: HeaderEdits, _ name: HeaderName) -> Bool {
        edits.hides(name.lowered.span, name.known)
    }

    @Test func `headers are replaced only where they are and added only where they are not`() {
        let edits = proxied(["replace": ["headers": ["x-up:new", "x-no:1"]], "add": ["headers": ["X-Up:a", "X-N:b"]]])
        #expect(values(edits, "X-Up") == ["new"])
        #expect(hides(edits, "X-Up"))
        #expect(!edits.concerns("X-No"))
        #expect(values(edits, "X-N") == ["b"])
    }

    @Test func `what was removed can be added and appended to`() {
        let edits = proxied([
            "remove": ["headers": ["x-up"]], "add": ["headers": ["x-up:a, b"]], "append": ["headers": ["x-up:c"]],
        ])
        #expect(values(edits, "X-Up") == ["a, b", "c"])
        #expect(hides(edits, "X-Up"))
    }

    @Test func `appending leaves the upstream's header`() {
        let edits = proxied(["append": ["headers": ["x-up:2"]]])
        #expect(values(edits, "X-Up") == ["2"])
        #expect(!hides(edits, "X-Up"))
    }

    @Test(arguments: ["Content-Length", "Transfer-Encoding", "Connection", "Via"])
    func `the gateway's own headers are not for rules`(name: String) {
        let rule = JSON.string("\(name):5")
        let config: JSONObject = [
            "remove": ["headers": [.string(name)]], "replace": ["headers": [rule]], "add": ["headers": [rule]],
            "append": ["headers": [rule]],
        ]
        #expect(proxied(config).isEmpty)
    }

    @Test func `rules for JSON bodies refuse the request instead of being ignored`() {
        let plugin = scene.make(ResponseTransformer.self, ["remove": ["json": ["secret"]]])
        #expect(plugin.access(scene.request("GET / HTTP/1.1")).response?.status == 500)
        let other = scene.make(ResponseTransformer.self, ["remove": ["headers": ["secret"]]])
        #expect(other.access(scene.request("GET / HTTP/1.1")).isNext)
    }
}
