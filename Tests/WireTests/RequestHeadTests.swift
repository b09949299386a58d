// What a well-formed request head is taken for.

import Testing
import Wire

@Suite struct RequestHeadTests {
    @Test func `a plain request`() {
        let text = "GET /a/b?x=1&y=2 HTTP/1.1\r\nHost: a.test:8000\r\nX_Under: \t v 1 \t\r\nEmpty:\r\n\r\nrest"
        let request = ParsedRequest(text)
        #expect(request.result == .complete)
        #expect(request.method == "GET")
        #expect(request.target == "/a/b?x=1&y=2")
        #expect(request.uri == request.target)
        #expect(request.path == "/a/b")
        #expect(request.query == "x=1&y=2")
        #expect(request.authority == nil)
        #expect(request.host == "a.test:8000")
        #expect(request.fields == [["Host", "a.test:8000"], ["X_Under", "v 1"], ["Empty", ""]])
        #expect(request.framing == .none)
        #expect(request.keepAlive)
        #expect(request.byteCount == text.utf8.count - 4)
    }

    @Test(
        arguments: [
            ("/", "/", nil), ("/?", "/", ""), ("/a??b", "/a", "?b"), ("/a#b?c", "/a#b", "c"),
            ("//a/./b", "//a/./b", nil),
            ("/%", "/%", nil), ("/\u{e9}", "/\u{e9}", nil),
        ] as [(String, String, String?)])
    func `path and query of a target`(_ target: String, _ path: String, _ query: String?) {
        let request = ParsedRequest("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(request.result == .complete)
        #expect(request.path == path)
        #expect(request.query == query)
    }

    @Test(arguments: [
        ("http://b.test", "b.test", "/"), ("HTTP://b.test/", "b.test", "/"),
        ("https://b.test:81/x?y", "b.test:81", "/x?y"), ("http://[::1]:81/", "[::1]:81", "/"),
    ])
    func `an absolute-form target gives authority and URI`(_ target: String, _ authority: String, _ uri: String) {
        let request = ParsedRequest("GET \(target) HTTP/1.1\r\nHost: a.test\r\n\r\n")
        #expect(request.result == .complete)
        #expect(request.target == target)
        #expect(request.authority == authority)
        #expect(request.uri == uri)
        #expect(request.host == "a.test")
    }

    @Test func `a method nobody knows is passed on`() {
        #expect(ParsedRequest("BREW / HTTP/1.1\r\nHost: a\r\n\r\n").method == "BREW")
        #expect(ParsedRequest("VERSION-CONTROL / HTTP/1.1\r\nHost: a\r\n\r\n").method == "VERSION-CONTROL")
    }

    @Test(arguments: Wire.Method.allCases.filter { $0 != .other && $0 != .trace && $0 != .connect })
    func `known methods are told apart`(_ method: Wire.Method) {
        let bytes = latin1("\(method)".uppercased() + " / HTTP/1.1\r\nHost: a\r\n\r\n")
        var head = RequestHead()
        #expect(head.parse(bytes.span, limits: HeadLimits()) == .complete)
        #expect(head.method == method)
    }

    @Test(
        arguments: [
            ("HTTP/1.1\r\nHost: a", 1, true), ("HTTP/1.1\r\nHost: a\r\nConnection: close", 1, false),
            ("HTTP/1.1\r\nHost: a\r\nConnection: x, Close", 1, false), ("HTTP/1.0", 0, false),
            ("HTTP/1.1\r\nHost: a\r\nConnection: closed", 1, true), ("HTTP/1.2\r\nHost: a", 2, true),
            ("HTTP/1.0\r\nConnection: Keep-Alive", 0, true), ("HTTP/1.0\r\nConnection: keep-alive, close", 0, false),
        ] as [(String, UInt8, Bool)])
    func `version and Connection decide whether the connection lives on`(
        _ rest: String, _ minor: UInt8, _ keepAlive: Bool
    ) {
        let request = ParsedRequest("GET / \(rest)\r\n\r\n")
        #expect(request.result == .complete)
        #expect(request.minorVersion == minor)
        #expect(request.keepAlive == keepAlive)
    }

    @Test(
        arguments: [
            ("Content-Length: 0", .length(0)), ("Content-Length: 0012", .length(12)),
            ("content-length:  9223372036854775807 ", .length(9_223_372_036_854_775_807)),
            ("Transfer-Encoding: Chunked", .chunked),
        ] as [(String, BodyFraming)])
    func `the length of a body`(_ field: String, _ framing: BodyFraming) {
        let request = ParsedRequest("POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
        #expect(request.result == .complete)
        #expect(request.framing == framing)
    }

    @Test func `Expect and Upgrade`() {
        let expecting = ParsedRequest("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n")
        #expect(expecting.expectsContinue)
        #expect(!ParsedRequest("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n").expectsContinue)
        #expect(!ParsedRequest("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expectsContinue)
        #expect(ParsedRequest("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\n\r\n").upgradesToWebSocket)
        #expect(!ParsedRequest("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n").upgradesToWebSocket)
    }

    @Test func `empty lines before the request count to its length`() {
        let request = ParsedRequest("\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(request.result == .complete)
        #expect(request.path == "/x")
        #expect(request.byteCount == 32)
    }

    @Test func `known fields are found without searching`() {
        let bytes = latin1("GET / HTTP/1.1\r\nhOST: a\r\nKong-Debug: 1\r\nX-Accel-Redirect: /x\r\nCookie: a\r\n\r\n")
        var head = RequestHead()
        #expect(head.parse(bytes.span, limits: HeadLimits()) == .complete)
        #expect(head.hasDebug)
        #expect(head.fields.contains(.cookie))
        #expect(!head.fields.contains(.via))
        #expect(head.fields.first(.xAccel).map { slice($0.value, bytes) } == "/x")
        #expect(head.fields.first(.via) == nil)
        #expect(head.fields.first(named: "COOKIE", in: bytes.span)?.known == .cookie)
    }

    @Test func `a head can be used again`() {
        let first = latin1("POST /a?b HTTP/1.0\r\nContent-Length: 3\r\nConnection: close\r\nKong-Debug: 1\r\n\r\n")
        let second = latin1("GET / HTTP/1.1\r\nHost: b\r\n\r\n")
        var head = RequestHead()
        #expect(head.parse(first.span, limits: HeadLimits()) == .complete)
        head.reset()
        #expect(head.isUntouched)
        #expect(head.parse(second.span, limits: HeadLimits()) == .complete)
        #expect(head.fields.count == 1)
        #expect(head.query == nil)
        #expect(head.framing == .none)
        #expect(head.keepAlive)
        #expect(!head.hasDebug)
        #expect(head.minorVersion == 1)
    }
}
