// Chunked bodies: what decodes, what is refused, and that pieces make no difference.

import Testing
import Wire

@Suite struct ChunkDecoderTests {
    @Test(arguments: [
        ("0\r\n\r\n", ""), ("3\r\nabc\r\n0\r\n\r\n", "abc"),
        ("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
        ("003\r\nabc\r\n000\r\n\r\n", "abc"), ("3;a=b;c=\"d \\\" e\";f\r\nabc\r\n0;x\r\n\r\n", "abc"),
        ("3\r\nabc\r\n0\r\nX-T: 1\r\nY:\r\n\r\n", "abc"), ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
    ])
    func `a well-formed body decodes`(_ text: String, _ body: String) {
        let chunks = ParsedChunks(text + "GET")
        #expect(chunks.event == .end)
        #expect(chunks.body == latin1(body))
        #expect(chunks.used == text.utf8.count)
        #expect(ParsedChunks(latin1(text + "GET"), splits: Array(0..<text.utf8.count)) == chunks)
    }

    @Test(arguments: [
        "zz\r\n", "0x3\r\n", "+3\r\n", "-3\r\n", "3_0\r\n", " 3\r\n", "3 \r\n", "\r\n", ";a\r\n", "3\nabc", "3\r\rabc",
        "3\r\nabcd", "3\r\nabc\n0\r\n\r\n", "2\r\nabcdef\r\n0\r\n\r\n", "3\r\nabc0\r\n\r\n", "3;a\n", "3;\r\n",
        "3;a=\r\n", "3;a b\r\n", "3;a=\"b\r\n", "3;a=b\"\r\n", "3;;\r\n", "3;a=\"\"b\r\n", "3;=\r\n", "3;a\rb",
        "3;\u{0}\r\n",
        "8000000000000000\r\n", "10000000000000000\r\n", "00000000000000003\r\n", "0\r\n\n", "0\r\nnocolon\r\n\r\n",
        "0\r\n: x\r\n\r\n", "0\r\n X: 1\r\n\r\n", "0\r\nX : 1\r\n\r\n", "0\r\nX: \u{1}\r\n\r\n", "0\r\n\rX",
    ])
    func `a malformed body is refused`(_ text: String) {
        #expect(ParsedChunks(text).event == .invalid)
        #expect(ParsedChunks(latin1(text), splits: Array(0..<text.utf8.count)).event == .invalid)
    }

    @Test(arguments: [
        "", "3", "3\r", "3\r\n", "3\r\nab", "3\r\nabc", "3\r\nabc\r\n", "0\r\n", "0\r\n\r", "0\r\nX: 1\r\n",
    ])
    func `an unfinished body asks for more`(_ text: String) {
        #expect(ParsedChunks(text).event == .needMore)
    }

    @Test func `extensions and trailers are bounded`() {
        #expect(ParsedChunks("1;" + String(repeating: "x", count: 4097)).event == .invalid)
        #expect(ParsedChunks("0\r\nX: " + String(repeating: "x", count: 8192)).event == .invalid)
        let signed =
            ("400;sig=" + String(repeating: "f", count: 64)) + "\r\n" + String(repeating: "d", count: 1024) + "\r\n"
        let chunks = ParsedChunks(String(repeating: signed, count: 200) + "0\r\n\r\n")
        #expect(chunks.event == .end)
        #expect(chunks.body.count == 204_800)
        let padding = "1;" + String(repeating: "x", count: 100) + "\r\nd\r\n"
        #expect(ParsedChunks(String(repeating: padding, count: 100)).event == .invalid)
    }

    @Test func `a finished or broken decoder stays so`() {
        var decoder = ChunkDecoder()
        var position = 0
        #expect(decoder.next(latin1("0\r\n\r\n").span, at: &position) == .end)
        #expect(decoder.isFinished)
        position = 0
        #expect(decoder.next(latin1("x").span, at: &position) == .end)
        #expect(position == 0)
        var broken = ChunkDecoder()
        #expect(broken.next(latin1("x").span, at: &position) == .invalid)
        #expect(broken.next(latin1("0\r\n\r\n").span, at: &position) == .invalid)
    }
}
