// Every request the parser refuses, and with which status: what nginx refuses as well, and what nginx
// forgives and the gateway does not, because two parsers that forgive differently cut messages differently.

import Testing
import Wire

@Suite struct RequestRefusalTests {
    private static let head = "GET / HTTP/1.1\r\nHost: a.test\r\n"

    /// Heads that nginx refuses too.
    static let malformed = [
        "rubbish\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}",
        "get / HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "GET\r\n",
        "GET abc HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "GET ?a=b HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "GET / HTTZ/1.1\r\n",
        "GET / HTTP/x\r\n",
        "GET / HTTP/\r\n",
        "GET / HTTP/0.9\r\n",
        "GET / HTTP/1\r\n",
        "GET / HTTP/1.x\r\n",
        "GET /%zz HTTP/1.1\r\n",
        "GET /a%00b HTTP/1.1\r\n",
        "GET /../etc/passwd HTTP/1.1\r\n",
        "GET http:///x HTTP/1.1\r\n",
        "GET http://a@b/x HTTP/1.1\r\n",
        "GET http://a?x HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n",
        "GET / HTTP/1.1\r\nHost: a..b\r\n",
        "GET / HTTP/1.1\r\nHost: :80\r\n",
        "TRACE / HTTP/1.1\r\n\r\n",
        "CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\n",
    ]

    /// Fields after a sound request line and Host that nginx refuses too.
    static let malformedFields = [
        "Authorization: a\r\nauthorization: a\r\n",
        "If-None-Match: \"a\"\r\nX: y\r\nIf-None-Match: \"b\"\r\n",
        "If-Modified-Since: a\r\nIf-Modified-Since: a\r\n",
        "If-Unmodified-Since: a\r\nIf-Unmodified-Since: a\r\n",
        "Content-Range: a\r\nContent-Range: a\r\n",
        "If-Match: *\r\nIf-Match: *\r\n",
        "If-Range: a\r\nif-range: a\r\n",
        "Expect: 100-continue\r\nExpect: 100-continue\r\n",
        "Content-Length: abc\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +1\r\n",
        "Content-Length: 1 2\r\n",
        "Content-Length: 0x1\r\n",
        "Content-Length: 1,1\r\n",
        "Content-Length:\r\n",
        "Content-Length: 9223372036854775808\r\n",
        "Content-Length: 18446744073709551617\r\n",
        "Content-Length: 00000000000000000001\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n",
        "Content-Length: 1\r\ncontent-length: 1\r\n",
        "X-A: one\rtwo\r\n",
        "X-A: one\u{0}two\r\n",
    ]

    /// Heads that nginx lets pass.
    static let forgivenByNginx = [
        "GET /\r\n",
        "GET  / HTTP/1.1\r\n",
        "GET / HTTP/1.1 \r\n",
        "GET\t/ HTTP/1.1\r\n",
        "GET /\tHTTP/1.1\r\n",
        "GET / HTTP/1.10\r\n",
        " GET / HTTP/1.1\r\n",
        "\nGET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\nHost: a.test\n\n",
        "GET ftp://a.test/x HTTP/1.1\r\n",
        "GET /.. HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n",
        "GET / HTTP/1.1\r\nHost: a\\b\r\n",
        "GET / HTTP/1.1\r\nHost: [::1\r\n",
        "GET / HTTP/1.1\r\nHost: a:b\r\n",
        "GET / HTTP/1.1\r\nHost: a@b\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a.test\r\n",
    ]

    /// Fields that nginx lets pass.
    static let fieldsForgivenByNginx = [
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "X-Fold: one\r\n two\r\n",
        "X-Fold: one\r\n\ttwo\r\n",
        "nocolon\r\n",
        "X-A : 1\r\n",
        "X-A\t: 1\r\n",
        "X@A: 1\r\n",
        "X A: 1\r\n",
        "X\u{e9}: 1\r\n",
        ": 1\r\n",
        "X-A: 1\n",
        "X-A: \u{7f}\r\n",
        "X-A: \u{1b}[1m\r\n",
        "Content\u{d}Length: 1\r\n",
        "Connection: Content-Length\r\n",
        "Connection: close, Host\r\n",
        "Connection: keep-alive,transfer-encoding\r\n",
    ]

    /// Transfer codings other than chunked; nginx ignores identity.
    static let codings = [
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\r\n",
        "Transfer-Encoding: identity\r\n",
    ]

    /// Versions from 2.0 on.
    static let versions = [
        "GET / HTTP/2.0\r\n",
        "GET / HTTP/2\r\n",
        "GET / HTTP/3.1\r\n",
    ]

    /// Methods that no gateway serves.
    static let methods = [
        "TRACE / HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "CONNECT / HTTP/1.1\r\nHost: a.test\r\n\r\n",
    ]

    @Test(arguments: malformed + forgivenByNginx)
    func `a malformed head is refused`(_ text: String) {
        #expect(ParsedRequest(text).result == .invalid(.badRequest))
    }

    @Test(arguments: malformedFields + fieldsForgivenByNginx)
    func `a malformed or contradictory field is refused`(_ text: String) {
        #expect(ParsedRequest(Self.head + text).result == .invalid(.badRequest))
    }

    @Test(arguments: codings)
    func `an unknown transfer coding is 501`(_ text: String) {
        #expect(ParsedRequest(Self.head + text).result == .invalid(.notImplemented))
    }

    @Test(arguments: versions)
    func `a later version is 505`(_ text: String) {
        #expect(ParsedRequest(text).result == .invalid(.versionNotSupported))
    }

    @Test(arguments: methods)
    func `TRACE and CONNECT are 405`(_ text: String) {
        #expect(ParsedRequest(text).result == .invalid(.methodNotAllowed))
    }

    @Test func `the fields before the fault stay readable for the error page`() {
        let request = ParsedRequest(Self.head + "Accept: text/html\r\nContent-Length: x\r\n\r\n")
        #expect(request.result == .invalid(.badRequest))
        #expect(request.fields.contains(["Accept", "text/html"]))
    }

    @Test func `a request line beyond its limit is 414`() {
        let long = "GET /" + String(repeating: "a", count: 9000)
        #expect(ParsedRequest(long).result == .invalid(.uriTooLong))
        #expect(ParsedRequest(long + " HTTP/1.1\r\nHost: a\r\n\r\n").result == .invalid(.uriTooLong))
        let fitting = "GET /" + String(repeating: "a", count: 8192 - 16) + " HTTP/1.1\r\n"
        #expect(fitting.utf8.count == 8192)
        #expect(ParsedRequest(fitting + "Host: a\r\n\r\n").result == .complete)
    }

    @Test func `a header line or a head beyond its limit is 494`() {
        let line = "X-A: " + String(repeating: "b", count: 8000) + "\r\n"
        #expect(ParsedRequest(Self.head + line + "\r\n").result == .complete)
        let tooLong = "X-A: " + String(repeating: "b", count: 8200)
        #expect(ParsedRequest(Self.head + tooLong).result == .invalid(.headerTooLarge))
        let lines = String(repeating: line, count: 5)
        #expect(ParsedRequest(Self.head + lines + "\r\n").result == .invalid(.headerTooLarge))
        let many = String(repeating: "A: b\r\n", count: 1001)
        #expect(ParsedRequest(Self.head + many).result == .invalid(.headerTooLarge))
    }

    @Test func `no more than a few empty lines may come before the request`() {
        #expect(ParsedRequest(String(repeating: "\r\n", count: 9)).result == .invalid(.badRequest))
    }

    @Test func `each fault has its status`() {
        let expected: [HeadFault: Int] = [
            .badRequest: 400, .methodNotAllowed: 405, .uriTooLong: 414, .headerTooLarge: 494, .notImplemented: 501,
            .versionNotSupported: 505,
        ]
        for fault in HeadFault.allCases { #expect(fault.status == expected[fault]) }
    }
}
