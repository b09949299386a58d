// The parser takes RFC 8259 and nothing else; the writer's texts are Kong's.

import Schema
import Testing

struct JSONTests {
    @Test func `every kind of value is read`() throws {
        let json = try JSON(parsing: #" {"a":[1,-2.5,1e3,true,false,null],"b":{"c":"d"}} "#)
        #expect(json == ["a": [1, -2.5, 1000, true, false, .null], "b": ["c": "d"]])
    }

    @Test func `escapes and surrogate pairs are decoded`() throws {
        let json = try JSON(parsing: #""\"\\\/\b\f\n\r\tA\u00e9\ud83d\ude00""#)
        #expect(json == .string("\"\\/\u{8}\u{c}\n\r\tAé😀"))
    }

    @Test func `the last of equal keys wins and keeps the first one's place`() throws {
        let json = try JSON(parsing: #"{"a":1,"b":2,"a":3}"#)
        #expect(json.object?.keys == ["a", "b"])
        #expect(json["a"] == 3)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "01", "1.", ".5", "-", "1e", "+1",
        "tru", "nulll", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ud83dx\"", "\"\\udc00\"", "\"\n\"", "1 1",
        "NaN", "0x10", "1e999", "'a'", "[1]]",
    ])
    func `a text that is not JSON is refused`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
        #expect(error?.reason == .badText)
        #expect(error?.offset == 2)
    }

    @Test func `nesting is limited`() throws {
        let fits = String(repeating: "[", count: JSON.maxDepth) + String(repeating: "]", count: JSON.maxDepth)
        _ = try JSON(parsing: fits)
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSON(parsing: String(repeating: "[", count: 100_000))
        }
        #expect(error?.reason == .tooDeep)
    }

    @Test func `texts are escaped as Kong does`() {
        let json: JSON = .string("a/b\"\\\u{1}\u{7f}\n\té")
        #expect(json.text == #""a\/b\"\\\u0001\u007f\n\té""#)
    }

    private static let numbers: [(Double, String)] = [
        (0.0, "0"), (-0.5, "-0.5"), (80, "80"), (0.1, "0.1"), (1e14, "1e+14"), (99_999_999_999_999, "99999999999999"),
        (1_566_465_487.123, "1566465487.123"), (1e-5, "1e-05"), (0.0001, "0.0001"), (2.5e20, "2.5e+20"),
        (1.0 / 3, "0.33333333333333"), (2.0 / 3, "0.66666666666667"), (99_999_999_999_999.9, "1e+14"),
        (123456.789, "123456.789"), (-1e300, "-1e+300"), (1e100, "1e+100"), (0.000123, "0.000123"),
    ]

    @Test(arguments: numbers)
    func `numbers have at most fourteen digits`(number: Double, text: String) {
        #expect(JSON.number(number).text == text)
    }

    @Test func `members keep their order and equality ignores it`() {
        let one: JSONObject = ["b": 1, "a": [.null, true]]
        #expect(JSON.object(one).text == #"{"b":1,"a":[null,true]}"#)
        #expect(one == ["a": [.null, true], "b": 1])
        #expect(one.hashValue == (["a": [.null, true], "b": 1] as JSONObject).hashValue)
    }

    @Test func `a large object finds, replaces and removes members`() {
        var object = JSONObject((0..<100).map { ("k\($0)", $0.json) })
        object["k50"] = .null
        object["k10"] = nil
        #expect(object.count == 99)
        #expect(object["k50"] == .null)
        #expect(object["k10"] == nil)
        #expect(object["k99"] == 99)
        for place in 20..<100 { object["k\(place)"] = nil }
        #expect(object.keys == (0..<20).filter { $0 != 10 }.map { "k\($0)" })
    }
}
