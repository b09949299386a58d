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

    @Test func `what was removed counts as being there`() {
        let edits = proxied([
            "remove": ["headers": ["x-up"]], "add": ["headers": ["x-up:a, b"]], "append": ["headers": ["x-up:c"]],
        ])
        #expect(values(edits, "X-Up") == ["c"])
        let replaced = proxied(["remove": ["headers": ["x-up"]], "replace": ["headers": ["x-up:n"]]])
        #expect(values(replaced, "X-Up") == ["n"])
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

    @Test func `of the gateway's own answers the headers are seen as well`() {
        let x = scene.request("GET / HTTP/1.1")
        x.response.own = .message(401, "no")
        let config: JSONObject = ["add": ["headers": ["content-type:text/x", "x-new:1"]]]
        scene.make(ResponseTransformer.self, config).responseHead(x)
        #expect(!x.response.edits.concerns("Content-Type"))
        #expect(x.clientHeader("X-New") == "1")
    }

    // MARK: - JSON

    private func json(_ config: JSONObject, _ body: String) -> String? {
        let plugin = scene.make(ResponseTransformer.self, config)
        return plugin.responseBody(scene.request("GET / HTTP/1.1"), body.bytes).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private static let bodies: [(JSONObject, String, String)] = [
        (["remove": ["json": ["a"]]], #"{"a":1,"b":2}"#, #"{"b":2}"#),
        (["replace": ["json": ["a:x", "no:x"]]], #"{"a":1,"b":2}"#, #"{"b":2,"a":"x"}"#),
        (["replace": ["json": ["a:x"]]], #"{"a":false}"#, #"{"a":false}"#),
        (["replace": ["json": ["a:x", "b:"]]], #"{"a":null,"b":1}"#, #"{"a":"x","b":"null"}"#),
        (["add": ["json": ["a:no", "n:v", "f:y"]]], #"{"a":1,"f":false}"#, #"{"a":1,"n":"v","f":"y"}"#),
        (["append": ["json": ["a:x"]]], #"{"a":"s"}"#, #"{"a":["s","x"]}"#),
        (["append": ["json": ["a:x", "a:y"]]], #"{"a":[1]}"#, #"{"a":[1,"x","y"]}"#),
        (["append": ["json": ["a:x"]]], #"{"a":7}"#, #"{"a":["x"]}"#),
        (["append": ["json": ["a:x", "n:v"]]], #"{"a":[]}"#, #"{"a":["x"],"n":["v"]}"#),
        (["append": ["json": ["a:x", "a:y"]]], #"{"a":{"k":1}}"#, #"{"a":{"k":1,"1":"x","2":"y"}}"#),
        (["remove": ["json": ["z"]]], "[1,[],{}]", "[1,{},{}]"),
        (["remove": ["json": ["z"]]], "[]", "{}"),
        (["add": ["json": ["n:v"]]], "[7,8]", #"{"1":7,"2":8,"n":"v"}"#),
        (["add": ["json": [#"q:a"b/c\d"#]]], "{}", #"{"q":"a\"b\/c\\\\d"}"#),
        (["remove": ["json": ["a"]]], #"{"a":1,"a":2}"#, "{}"),
    ]

    @Test(arguments: bodies)
    func `members of JSON bodies are changed`(config: JSONObject, body: String, expected: String) {
        #expect(json(config, body) == expected)
    }

    private static let texts = [
        (
            #" { "a" : 1.50 , "b":1e3, "c":12345678901234567890, "d":-0 } "#,
            #"{"a":1.5,"b":1000,"c":1.2345678901235e+19,"d":-0}"#
        ),
        (#"{"a":"\u00e9\/\ud83d\ude00\u007f","b/c":"d/e"}"#, #"{"a":"é\/😀\u007f","b\/c":"d\/e"}"#),
        ("{\"a\":\"line\nend\"}", #"{"a":"line\nend"}"#), (#"{"a":0x1F,"b":01}"#, #"{"a":31,"b":1}"#),
        (
            "[0.05,12.25,-0.5,0.00001,1.10,1234567890.12345,1.,100.5]",
            "[0.05,12.25,-0.5,1e-05,1.1,1234567890.1235,1,100.5]"
        ),
        (#"{"a":[null,true,false]}"#, #"{"a":[null,true,false]}"#),
    ]

    @Test(arguments: texts)
    func `what no rule names is written as Kong's encoder writes it`(body: String, expected: String) {
        #expect(json(["remove": ["json": ["z"]]], body) == expected)
    }

    @Test func `what is not UTF-8 passes as it is`() {
        let plugin = scene.make(ResponseTransformer.self, ["remove": ["json": ["a"]]])
        let body: [UInt8] = #"{"a":1,"b":""#.bytes + [0xE9] + #""}"#.bytes
        let expected: [UInt8] = #"{"b":""#.bytes + [0xE9] + #""}"#.bytes
        #expect(plugin.responseBody(scene.request("GET / HTTP/1.1"), body) == expected)
    }

    @Test(arguments: [
        "", "{bad", "{} x", "12", "null", #""text""#, #"{"a":"\ud800"}"#, #"{"b":NaN}"#, #"{"a":1"#, "{,}", "[1,]",
    ])
    func `a body that is no object or list, or has no text, stays as it is`(body: String) {
        #expect(json(["remove": ["json": ["a"]], "add": ["json": ["n:v"]]], body) == nil)
    }

    @Test func `a number that has no text is no hindrance once it is removed`() {
        #expect(json(["remove": ["json": ["a"]]], #"{"a":NaN,"b":1}"#) == #"{"b":1}"#)
    }

    @Test func `nesting has an end`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        }
        #expect(json(["remove": ["json": ["a"]]], nested(1000)) == nested(1000))
        #expect(json(["remove": ["json": ["a"]]], nested(1100)) == nil)
    }

    private func wants(_ type: String?, _ config: JSONObject) -> Bool {
        let x = scene.request("GET / HTTP/1.1")
        scene.answer(x, "HTTP/1.1 200 OK" + (type.map { "\nContent-Type: \($0)" } ?? ""))
        let plugin = scene.make(ResponseTransformer.self, config)
        plugin.responseHead(x)
        return plugin.wantsResponseBody(x)
    }

    @Test func `bodies of type application/json are asked for, as the client will be told it`() {
        let rules: JSONObject = ["remove": ["json": ["a"]]]
        #expect(wants("Application/JSON; charset=utf-8", rules))
        #expect(!wants("text/plain", rules))
        #expect(!wants(nil, rules))
        #expect(!wants("application/json", ["remove": ["headers": ["a"]]]))
        #expect(!wants("application/json", ["remove": ["json": ["a"], "headers": ["content-type"]]]))
    }
}
