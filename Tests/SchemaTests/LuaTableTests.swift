// Values as Lua writes them in error messages.

import Schema
import Testing

struct LuaTableTests {
    private static let texts: [(String, String)] = [
        ("a b", "\"a b\""),
        ("[string \"x\"]:1", "\"[string \\\"x\\\"]:1\""),
        (#"a\b"#, #""a\\b""#),
        ("two\nlines", "[[two\nlines]]"),
        ("\nline", "[[\n\nline]]"),
        ("a\r\nb", "\"a\\13\\\nb\""),
        ("a\r1", "\"a\\0131\""),
        ("[[a]]", "[=[[[a]]]=]"),
        ("a]", "[=[a]]=]"),
        ("[=[a", "[==[[=[a]==]"),
        ("[a b", "\"[a b\""),
    ]

    @Test(arguments: texts)
    func `a text is quoted as Penlight does`(text: String, quoted: String) {
        #expect(LuaTable.line(.string(text)) == quoted)
    }

    @Test func `names stand bare and everything else in brackets`() {
        #expect(LuaTable.line(["a_1": 1]) == "{a_1=1}")
        #expect(LuaTable.block(["1": true]) == "{\n  [\"1\"] = true\n}")
        #expect(LuaTable.block(["@entity": ["x"]]) == "{\n  [\"@entity\"] = {\n    \"x\"\n  }\n}")
    }

    @Test func `what stands behind a gap in a list says its place`() {
        #expect(LuaTable.block([.null, "b"]) == "{\n  [2] = \"b\"\n}")
        #expect(LuaTable.block(["a", .null, ["x"]]) == "{\n  \"a\",\n  [3] = {\n    \"x\"\n  }\n}")
    }
}
