// Arguments in request bodies: forms, multipart forms and JSON.

import NIOCore
import PluginKit
import Testing

@Suite struct BodyArgumentsTests {
    private func body(_ type: String?, _ text: String?) -> BodyArguments? {
        let header = type.map { "\nContent-Type: \($0)" } ?? ""
        return BodyArguments(Exchange.parsed("POST / HTTP/1.1\nHost: a\(header)", body: text).request)
    }

    private func text(_ value: String) -> NamedValue { .text(Array(value.utf8)) }

    private func string(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    private static let parts = """
        --XX\r
        Content-Disposition: form-data; name="a"\r
        \r
        1\r
        --XX\r
        content-disposition: form-data; filename="name=x;y"; name=k\r
        Content-Type: text/plain\r
        \r
        two\r
        lines\r
        --XX--\r

        """

    @Test func `a form is read like a query`() {
        let form = body("application/x-www-form-urlencoded; charset=utf-8", "a=1&k=x+y")
        #expect(form?.value(of: "k") == text("x y"))
        #expect(form?.value(of: "b") == .missing)
        #expect(string(form?.removing("k")) == "a=1")
    }

    @Test func `members of a JSON object are texts, lists or something else`() {
        let json = body("application/json", #"{"t": "x", "n": 5, "l": ["x"], "o": {}, "z": null}"#)
        #expect(json?.value(of: "t") == text("x"))
        #expect(json?.value(of: "n") == .other)
        #expect(json?.value(of: "l") == .several)
        #expect(json?.value(of: "o") == .several)
        #expect(json?.value(of: "z") == .other)
        #expect(json?.value(of: "q") == .missing)
    }

    @Test func `JSON is written anew without a removed member`() {
        #expect(string(body("application/json", #"{"k": "x", "u": "a/b"}"#)?.removing("k")) == #"{"u":"a\/b"}"#)
        #expect(body("application/json", "[1]")?.removing("k") == nil)
    }

    @Test func `a multipart form has its parts by name`() {
        let form = body("multipart/form-data; boundary=XX", Self.parts)
        #expect(form?.value(of: "a") == text("1"))
        #expect(form?.value(of: "k") == text("two\r\nlines"))
        #expect(form?.value(of: "x") == .missing)
    }

    @Test func `a part is cut out of a multipart form`() {
        let rest = string(body("multipart/form-data; boundary=\"XX\"", Self.parts)?.removing("k"))
        #expect(rest == "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--\r\n")
    }

    @Test(arguments: [
        ("text/plain", "k=1"), ("application/json", "{no"), ("application/json", ""), ("application/json", "5"),
        ("multipart/form-data", "x"),
    ])
    func `other types and broken bodies are not read`(type: String, text: String) {
        #expect(body(type, text) == nil)
    }

    @Test func `a body without a type is not read`() {
        #expect(body(nil, "k=1") == nil)
    }

    @Test func `a form that is too large is not read and an absent one is empty`() {
        let x = Exchange.parsed("POST / HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded")
        #expect(BodyArguments(x.request)?.value(of: "k") == .missing)
        x.request.body = .tooLarge
        #expect(BodyArguments(x.request) == nil)
    }
}
