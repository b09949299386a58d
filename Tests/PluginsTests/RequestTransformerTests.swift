// What request-transformer makes of a request.

import NIOCore
import PluginKit
import Plugins
import Schema
import Testing
import Wire

@Suite struct RequestTransformerTests {
    private let scene = Scene()

    private func transform(_ config: JSONObject, _ head: String, body: String? = nil) -> Exchange {
        let x = scene.request(head, body: body)
        #expect(scene.make(RequestTransformer.self, config).access(x).isNext)
        return x
    }

    private func values(_ x: Exchange, _ name: HeaderName) -> [String] {
        x.request.headerValues(name).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `headers are removed and renamed whatever the case of the rule`() {
        let config: JSONObject = ["remove": ["headers": ["X-Gone"]], "rename": ["headers": ["X-Old:x-new"]]]
        let x = transform(config, "GET / HTTP/1.1\nx-gone: 1\nx-old: a\nx-old: b\nx-new: taken")
        #expect(values(x, "X-Gone").isEmpty)
        #expect(values(x, "X-Old").isEmpty)
        #expect(values(x, "X-New") == ["a", "b"])
    }

    @Test func `rules are applied in the order remove, rename, replace, add, append`() {
        let config: JSONObject = [
            "append": ["headers": ["x-a:four", "x-b:four"]], "add": ["headers": ["x-a:three", "x-b:three"]],
            "replace": ["headers": ["x-b:two"]], "rename": ["headers": ["x-c:x-b"]], "remove": ["headers": ["x-a"]],
        ]
        let x = transform(config, "GET / HTTP/1.1\nx-a: 0\nx-c: 0")
        #expect(values(x, "x-a") == ["three", "four"])
        #expect(values(x, "x-b") == ["two", "four"])
    }

    @Test func `Host is only changed by replace`() {
        let others: JSONObject = [
            "remove": ["headers": ["host"]], "add": ["headers": ["host:b"]], "append": ["headers": ["Host:c"]],
        ]
        #expect(transform(others, "GET / HTTP/1.1").request.edits.isEmpty)
        let x = transform(["replace": ["headers": ["host:up.test:81"]]], "GET / HTTP/1.1")
        #expect(values(x, "Host") == ["up.test:81"])
    }

    @Test(arguments: ["Content-Length", "transfer-encoding", "Connection", "X-Forwarded-For"])
    func `the gateway's own headers are not for rules`(name: String) {
        let rule = JSON.string("\(name):5")
        let config: JSONObject = [
            "remove": ["headers": [.string(name)]], "replace": ["headers": [rule]], "add": ["headers": [rule]],
            "append": ["headers": [rule]], "rename": ["headers": [.string("x-a:\(name)")]],
        ]
        #expect(transform(config, "POST / HTTP/1.1\nx-a: 7\nX-Forwarded-For: 1").request.edits.isEmpty)
    }

    private static let queries: [(JSONObject, String)] = [
        (["remove": ["querystring": ["a"]]], "b=2&d=1%202&e"),
        (["rename": ["querystring": ["a:b"]]], "b=1&d=1%202&e&b=3"),
        (["replace": ["querystring": ["a:x y", "none:1"]]], "a=x%20y&b=2&d=1%202&e"),
        (["add": ["querystring": ["a:no", "f:a::b"]]], "a=1&b=2&d=1%202&e&a=3&f=a%3A%3Ab"),
        (["append": ["querystring": ["b:4"]]], "a=1&b=2&d=1%202&e&a=3&b=4"),
        (["replace": ["querystring": ["a:"]]], "b=2&d=1%202&e"),
    ]

    @Test(arguments: queries)
    func `query arguments are changed and the others stay as written`(config: JSONObject, expected: String) {
        #expect(transform(config, "GET /?a=1&b=2&d=1%202&e&a=3 HTTP/1.1").upstreamQuery == expected)
    }

    @Test func `a query that no rule concerns is not written anew`() {
        let x = transform(["remove": ["querystring": ["z"]]], "GET /?&a=%zz&& HTTP/1.1")
        #expect(x.request.replacedQuery == nil)
    }

    private static let json = "POST / HTTP/1.1\nContent-Type: application/json"

    private static let bodies: [(JSONObject, String)] = [
        (["remove": ["body": ["a"]]], "{\"b\":[1]}"),
        (["rename": ["body": ["a:c"]], "remove": ["body": ["b"]]], "{\"c\":\"v\"}"),
        (["replace": ["body": ["a:n", "z:n"]], "remove": ["body": ["b"]]], "{\"a\":\"n\"}"),
        (["add": ["body": ["a:n"]], "append": ["body": ["a:w"]], "remove": ["body": ["b"]]], "{\"a\":[\"v\",\"w\"]}"),
        (["append": ["body": ["b:w"]], "remove": ["body": ["a"]]], "{\"b\":[1,\"w\"]}"),
        (["rename": ["body": ["a:a"]]], "{\"b\":[1]}"), (["replace": ["body": ["a:"]]], "{\"b\":[1]}"),
        (["add": ["body": ["q:a\"b/c\\d"]], "remove": ["body": ["a", "b"]]], "{\"q\":\"a\\\"b\\/c\\\\d\"}"),
    ]

    @Test(arguments: bodies)
    func `members of a JSON body are changed`(config: JSONObject, expected: String) {
        #expect(transform(config, Self.json, body: "{\"a\": \"v\", \"b\": [1]}").upstreamBody == expected)
    }

    @Test(arguments: ["{\"a\": tru", "3", "null"])
    func `what is no JSON object or list is left alone`(body: String) {
        #expect(transform(["add": ["body": ["c:3"]]], Self.json, body: body).upstreamBody == nil)
    }

    private static let appended: [(String, String)] = [
        ("1", "[1,\"w\"]"), ("false", "[false,\"w\"]"), ("null", "[\"w\"]"), ("[]", "[\"w\"]"), ("{}", "[\"w\"]"),
        ("{\"k\":1}", "{\"k\":1,\"1\":\"w\"}"),
    ]

    @Test(arguments: appended)
    func `what is appended to becomes a list`(value: String, expected: String) {
        let x = transform(["append": ["body": ["a:w"]]], Self.json, body: "{\"a\":\(value)}")
        #expect(x.upstreamBody == "{\"a\":\(expected)}")
    }

    @Test func `a list has no names, and empty lists stay lists`() {
        let body = transform(["add": ["body": ["c:3"]]], Self.json, body: "[1, []]").upstreamBody
        #expect(body == "[1,[]]")
    }

    @Test func `an empty JSON body counts as an empty object`() {
        #expect(transform(["add": ["body": ["c:3"]]], Self.json).upstreamBody == "{\"c\":\"3\"}")
    }

    @Test func `a form is changed like a query`() {
        let head = "POST / HTTP/1.1\nContent-Type: application/x-www-form-urlencoded; charset=utf-8"
        let config: JSONObject = ["rename": ["body": ["a:z"]], "add": ["body": ["c:3", "b:no"]]]
        #expect(transform(config, head, body: "a=1&b=2").upstreamBody == "z=1&b=2&c=3")
    }

    @Test func `parts of a multipart form are changed and the others stay as sent`() {
        func part(_ name: String, _ value: String) -> String {
            "--BB\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        let head = "POST / HTTP/1.1\nContent-Type: multipart/form-data; boundary=\"BB\""
        let config: JSONObject = [
            "remove": ["body": ["a"]], "replace": ["body": ["b:new"]], "add": ["body": ["d:4", "c:no"]],
        ]
        let sent = part("a", "1") + part("b", "2") + part("c", "3") + "--BB--\r\n"
        let expected = part("c", "3") + part("b", "new") + part("d", "4") + "--BB--\r\n"
        #expect(transform(config, head, body: sent).upstreamBody == expected)
        #expect(transform(config, head, body: part("a", "1")).upstreamBody == nil)
    }

    @Test func `a body of another type or too large is left alone`() {
        let config: JSONObject = ["add": ["body": ["c:3"]]]
        let text = transform(config, "POST / HTTP/1.1\nContent-Type: text/plain", body: "a=1")
        #expect(text.upstreamBody == nil)
        let x = scene.request(Self.json)
        x.request.body = .tooLarge
        #expect(scene.make(RequestTransformer.self, config).access(x).isNext)
        #expect(x.upstreamBody == nil)
    }

    @Test func `the body is only read for rules that concern it`() {
        #expect(scene.make(RequestTransformer.self, ["add": ["body": ["c:3"]]]).readsBody)
        #expect(!scene.make(RequestTransformer.self, ["add": ["headers": ["c:3"]]]).readsBody)
    }

    @Test func `the method is changed to one that nginx knows`() {
        #expect(transform(["http_method": "POST"], "GET / HTTP/1.1").request.method == .post)
        let plugin = scene.make(RequestTransformer.self, ["http_method": "BREW"])
        #expect(plugin.access(scene.request("GET / HTTP/1.1")).response?.status == 500)
    }

    @Test func `a form goes into the query of a method that has none`() {
        let config: JSONObject = ["http_method": "GET", "remove": ["querystring": ["b"]]]
        let head = "POST /?q=1 HTTP/1.1\nContent-Type: application/x-www-form-urlencoded"
        let x = transform(config, head, body: "a=1&b=2")
        #expect(x.upstreamQuery == "q=1&a=1")
        #expect(scene.make(RequestTransformer.self, config).readsBody)
        #expect(transform(["http_method": "PUT"], head, body: "a=1").upstreamQuery == "q=1")
    }

    @Test func `a header can become the Host, and one that is given its own name goes`() {
        let x = transform(["rename": ["headers": ["x-a:host", "x-b:X-B"]]], "GET / HTTP/1.1\nx-a: up.test\nx-b: 1")
        #expect(values(x, "Host") == ["up.test"])
        #expect(values(x, "X-A").isEmpty)
        #expect(values(x, "X-B").isEmpty)
    }
}
