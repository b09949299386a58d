// The request of a plugin's call as bytes.

import DataPlane
import NIOCore
import PluginKit
import Testing

struct OutboundHeadTests {
    private static func text(_ peer: OutboundPeer, _ change: (inout OutboundRequest) -> Void) -> String {
        var request = OutboundRequest(to: peer)
        change(&request)
        var out = ByteBuffer()
        OutboundHead.write(request, to: &out)
        return String(buffer: out)
    }

    private static let agent = "User-Agent: kong/1.1.2\r\n"
    private static let peer = OutboundPeer(host: "logs.test", port: 8080)

    @Test func `Host tells the port where it is not the usual one`() {
        #expect(Self.text(Self.peer) { _ in } == "GET / HTTP/1.1\r\nHost: logs.test:8080\r\n\(Self.agent)\r\n")
        let usual = Self.text(OutboundPeer(host: "::1", port: 443)) { $0.usesTLS = true }
        #expect(usual == "GET / HTTP/1.1\r\nHost: [::1]\r\n\(Self.agent)\r\n")
    }

    @Test func `a Host and a length that are given are not added`() {
        let text = Self.text(Self.peer) {
            $0.method = "POST"
            $0.headers = [("host", Array("a".utf8)), ("Content-length", Array("2".utf8)), ("user-agent", [])]
            $0.body = Array("{}".utf8)
        }
        #expect(text == "POST / HTTP/1.1\r\nhost: a\r\nContent-length: 2\r\nuser-agent: \r\n\r\n{}")
    }

    @Test func `an empty body is announced where one is expected`() {
        #expect(Self.text(Self.peer) { $0.method = "PUT" }.contains("\r\nContent-Length: 0\r\n"))
        #expect(!Self.text(Self.peer) { $0.method = "DELETE" }.contains("Content-Length"))
    }

    @Test func `no value ends its line`() {
        let text = Self.text(Self.peer) { $0.headers = [("X", Array("a\r\nY: b".utf8))] }
        #expect(text.contains("\r\nX: aY: b\r\n"))
    }
}
