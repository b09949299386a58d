// Known ways of hiding one request in another (RFC 9112 section 11.2): where the bytes of a message end must be
// beyond dispute, so every one of these is refused whole, and what passes is read by llhttp in the same way.

import NIOHTTP1
import Testing
import Wire

@Suite struct SmugglingTests {
    static let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Lengths that contradict each other, or are no lengths.
    static let lengths = [
        "Content-Length: 6\r\nContent-Length: 5\r\n", "Content-Length: 6\r\nContent-Length: 6\r\n",
        "Content-Length: 6, 6\r\n", "Content-Length: 6\r\nContent-Length:\r\n", "Content-Length: 0x6\r\n",
        "Content-Length: 6;\r\n", "Content-Length: \"6\"\r\n", "Content-Length: 6\u{b}\r\n", "Content-Length: 1_0\r\n",
        "Content-Length: 6 \r\n 7\r\n", "Content-Length: -0\r\n", "Content-Length: 6.0\r\n", "Content-Length: 6e0\r\n",
        "Content-Length: \u{b2}\r\n", "Content-Length: 18446744073709551622\r\n", "Content-Length : 6\r\n",
        "Content-Length\t: 6\r\n", "Content-Length\u{0}: 6\r\n", "Content-Length: 6\u{0}\r\n",
        "\tContent-Length: 6\r\n",
        "X: y\rContent-Length: 6\r\n", "X: y\nContent-Length: 6\r\n", "Content-Length: 6\n",
    ]

    /// Transfer codings that one parser takes for chunked and another does not, or that meet a length.
    static let codings = [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: chunked,\r\n",
        "Transfer-Encoding: ,chunked\r\n",
        "Transfer-Encoding: chunked;q=1\r\n", "Transfer-Encoding: \"chunked\"\r\n", "Transfer-Encoding: chun ked\r\n",
        "Transfer-Encoding: \u{b}chunked\r\n", "Transfer-Encoding: chunked\u{c}\r\n",
        "Transfer-Encoding: chunked\u{0}\r\n",
        "Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding: chunked\r\n ,identity\r\n",
        "Transfer-Encoding\r\n: chunked\r\n",
        "Transfer-Encoding : chunked\r\n", "Transfer-Encoding\t: chunked\r\n", " Transfer-Encoding: chunked\r\n",
        "X: y\rTransfer-Encoding: chunked\r\n", "X: y\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\n",
        "Transfer-Encoding: \u{ff}chunked\r\n", "\u{0}Transfer-Encoding: chunked\r\n", "Transfer-Encoding chunked\r\n",
    ]

    /// Fields that the next hop would be told to forget, and hosts that are several or none.
    static let others = [
        "Connection: Content-Length\r\nContent-Length: 6\r\n", "Connection: close, transfer-encoding\r\n",
        "Connection: host\r\n", "Connection: close\r\nConnection: Content-Length\r\n", "Host: b\r\n", "Host:\r\n",
    ]

    private static let head = "POST / HTTP/1.1\r\nHost: a\r\n"

    @Test(arguments: lengths + codings + others)
    func `no field lets a second request hide in the body of the first`(_ field: String) {
        let parsed = ParsedRequest(Self.head + field + "\r\n0\r\n\r\n" + Self.hidden)
        guard case .invalid = parsed.result else {
            Issue.record("\(parsed.result)")
            return
        }
    }

    @Test(arguments: [
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET http://b.test/ HTTP/1.1\r\nHost: \r\n\r\n", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n", "GET //\u{0} HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\rHTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\rHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n",
        "G\u{0}T / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\u{b}Host: a\r\n\r\n",
    ])
    func `no head that two parsers read differently passes`(_ message: String) {
        guard case .invalid = ParsedRequest(message).result else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: [
        "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n",
        "1_0\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n", "\t5\r\nhello\r\n0\r\n\r\n", "5\u{b}\r\nhello\r\n0\r\n\r\n",
        "5\u{0}\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n",
        "5;\nxx\r\nhello\r\n0\r\n\r\n", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "0\r\nTransfer-Encoding : chunked\r\n\r\n", "0\r\n X: y\r\n\r\n", "0\r\nX: y\n\r\n", "0\n\r\n",
        "5,5\r\nhello\r\n0\r\n\r\n",
    ])
    func `no notation of a chunk lets a body end elsewhere`(_ body: String) {
        #expect(ParsedChunks(body + Self.hidden).event == .invalid)
        #expect(ParsedChunks(latin1(body), splits: Array(0..<latin1(body).count)).event == .invalid)
    }

    /// The answers of upstreams: a wrong end there gives one client's answer to the next.
    @Test(arguments: [
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: +5\r\n", "Content-Length: 5,5\r\n", "Content-Length:\r\n", "Content-Length : 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n", "Transfer-Encoding: \u{b}chunked\r\n", "X: y\r\n z\r\n", "X: y\rZ: 1\r\n",
        "nocolon\r\n",
    ])
    func `no answer with a length in dispute passes`(_ field: String) {
        guard case .invalid = ParsedResponse("HTTP/1.1 200 OK\r\n" + field + "\r\n").result else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: [
        ("Content-Length: 0\r\n", BodyFraming.length(0)), ("Content-Length: 005\r\n", .length(5)),
        ("content-LENGTH:5\r\n", .length(5)), ("Content-Length:\t5 \r\n", .length(5)),
        ("Transfer-Encoding: CHUNKED\r\n", .chunked), ("Content_Length: 5\r\n", .none),
        ("X-Content-Length: 5\r\n", .none), ("Connection: keep-alive, close\r\n", .none),
    ])
    func `what passes ends where llhttp ends it`(_ field: String, _ framing: BodyFraming) {
        let body = framing == .chunked ? "5\r\nhello\r\n0\r\n\r\n" : framing == .length(5) ? "hello" : ""
        let bytes = latin1(Self.head + field + "\r\n" + body)
        let ours = ParsedRequest(bytes)
        #expect(ours.result == .complete)
        #expect(ours.framing == framing)
        let theirs = Llhttp.request(bytes)
        #expect(theirs.isWhole)
        #expect(theirs.body == (body.isEmpty ? [] : latin1("hello")))
    }
}
