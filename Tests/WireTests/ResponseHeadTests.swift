// Answers of upstreams: what is understood, and what becomes 502.

import Testing
import Wire

@Suite struct ResponseHeadTests {
    @Test func `a plain answer`() {
        let text = "HTTP/1.1 404 Not Found\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello"
        let response = ParsedResponse(text)
        #expect(response.result == .complete)
        #expect(response.status == 404)
        #expect(response.reason == "Not Found")
        #expect(response.statusText == "404 Not Found")
        #expect(response.fields == [["Server", "x"], ["Content-Length", "5"]])
        #expect(response.framing == .length(5))
        #expect(response.keepAlive)
        #expect(response.byteCount == text.utf8.count - 5)
    }

    @Test(arguments: ["HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n"])
    func `the reason phrase may be missing`(_ text: String) {
        let response = ParsedResponse(text)
        #expect(response.result == .complete)
        #expect(response.reason.isEmpty)
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\n", .get, .untilClose, false),
            ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", .get, .untilClose, false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n", .get, .length(1), false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n", .get, .length(1), true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n", .get, .length(1), false),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", .get, .chunked, true),
            ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n", .get, .chunked, false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n", .head, .none, true),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", .head, .none, true),
            ("HTTP/1.1 204 No Content\r\n", .get, .none, true),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n", .get, .none, true),
            ("HTTP/1.1 100 Continue\r\n", .post, .none, true),
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n", .get, .none, false),
            ("HTTP/1.1 200 OK\r\n", .connect, .none, true),
        ] as [(String, Wire.Method, BodyFraming, Bool)])
    func `framing and persistence`(_ text: String, _ method: Wire.Method, _ framing: BodyFraming, _ keepAlive: Bool) {
        let response = ParsedResponse(text + "\r\n", to: method)
        #expect(response.result == .complete)
        #expect(response.framing == framing)
        #expect(response.keepAlive == keepAlive)
    }

    @Test(arguments: [
        "this is no answer\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 No\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200\tOK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n",
        "HTTP/1.1 200 OK\r\nbroken\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \u{0}\r\n\r\n",
    ])
    func `a malformed answer is refused`(_ text: String) {
        #expect(ParsedResponse(text).result == .invalid(.badRequest))
    }

    @Test func `unknown transfer codings and oversized heads are refused`() {
        let gzip = ParsedResponse("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
        #expect(gzip.result == .invalid(.notImplemented))
        let large = ParsedResponse("HTTP/1.1 200 OK\r\nA: " + String(repeating: "b", count: 40_000))
        #expect(large.result == .invalid(.headerTooLarge))
        let fitting = "HTTP/1.1 200 OK\r\nSet-Cookie: " + String(repeating: "b", count: 30_000) + "\r\n\r\n"
        #expect(ParsedResponse(fitting).result == .complete)
    }

    @Test func `a 1xx answer is followed by another, a 101 is not`() {
        var head = ResponseHead()
        head.reset(for: .get)
        #expect(head.parse(latin1("HTTP/1.1 100 Continue\r\n\r\n").span, limits: .response) == .complete)
        #expect(head.isInterim)
        head.reset(for: .get)
        #expect(head.parse(latin1("HTTP/1.1 101 X\r\n\r\n").span, limits: .response) == .complete)
        #expect(head.isUpgrade)
        #expect(!head.isInterim)
    }
}
