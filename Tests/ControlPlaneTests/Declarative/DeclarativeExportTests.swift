// Texts that YAML could take for something else come back from an export as they were.

import ControlPlane
import Schema
import Store
import Testing

@Suite struct DeclarativeExportTests {
    static let texts =
        words + [
            " leading", "trailing ", "  ", "\ttab", "tab\t", "a\tb", "# comment", "a # b", "a: b", "a:", ": b", "- a",
            "-",
            "--", "---", "...", "--- a", "%TAG ! x", "@a", "`a`", "&a", "*a", "!a", "!!str a", "|", ">", "|-", "?",
            "? a",
            "{a: b}", "[a]", "{", "]", ",", "a, b", "'", "\"", "it's", "say \"x\"", "'quoted'", "\"quoted\"", "\\",
            "\\n",
            "\\ufeff", "\"\\ufeff\"", "\\uFEFF\u{FEFF}", "\\ue000", "\u{E000}\u{FEFF}", "<<", "=", "a=b",
            "line\nbreak", "\nfirst", "last\n", "last\n\n", "a\n\nb", " a\nb", "a\n b\n", "a\r\nb", "a\rb", "\r", "\n",
            "\n\n",
            "a\n---\nb", "a\n...\n", "a\u{85}b", "a\u{2028}b", "\u{2029}", "\u{85}", "\u{FEFF}", "\u{FEFF}text",
            "\u{FEFF}\u{FEFF}", "text\u{FEFF}", "\u{FEFF}\nb", "\u{1}\u{8}\u{B}\u{C}\u{E}\u{1F}", "\u{1B}[0m", "\u{7F}",
            "\u{80}\u{9F}\u{A0}\u{AD}", "\u{D7FF}\u{E000}\u{FFFD}\u{FFFE}\u{FFFF}", "\u{10000}\u{10FFFF}\u{1FFFE}",
            "\u{1F600}", "\u{1F468}\u{200D}\u{1F469}", "e\u{301}", "\u{301}", "\u{FEFF}\u{301}", "\u{200B}\u{202E}abc",
            "日本語",
            String(repeating: "long ", count: 1000), String(repeating: "x", count: 5000),
        ]

    private static let words = [
        "null", "Null", "NULL", "~", "yes", "Yes", "no", "on", "Off", "true", "FALSE", "y", "N", "1", "-1", "+1", "0",
        "007",
        "0o7", "0x1F", "0b1", "1_000", "1e3", "1E3", "1.5", ".5", "5.", "-.inf", ".nan", "1:30", "190:20:30",
        "2001-01-01",
        "2001-12-14t21:59:43.10-05:00", "12e", "0.1.2", "1.1",
    ]

    private func reread(_ rows: [(entity: String, row: Row)]) throws -> [Row] {
        let context = TestNode.context
        let yaml = DeclarativeExport(Dataset(catalog: TestNode.catalog, rows: rows), context).yaml
        return try DeclarativeReader(context: context).read(text: yaml, named: "export").rows.map(\.row)
    }

    private static func id(_ number: Int) -> String {
        "00000000-0000-4000-8000-" + String(1_000_000_000_000 + number).dropFirst()
    }

    @Test func `every text survives as a value`() throws {
        let rows = Self.texts.enumerated().map { number, text in
            let row: Row = ["id": .string(Self.id(number)), "created_at": 1, "custom_id": .string(text)]
            return (entity: "consumers", row: row)
        }
        let back = try reread(rows)
        #expect(back.count == rows.count)
        let places = Dictionary(uniqueKeysWithValues: back.map { ($0["id"]?.string ?? "", $0) })
        for (number, text) in Self.texts.enumerated() {
            let row = try #require(places[Self.id(number)])
            #expect(row["custom_id"]?.string.map { Array($0.utf8) } == Array(text.utf8), "\(String(reflecting: text))")
        }
    }

    @Test func `every text survives as an item of a list and as the name of a member`() throws {
        let limits = JSONObject(Self.texts.map { ($0, ["second": 1]) })
        let plugins = try #require(TestNode.catalog.entity("plugins"))
        let bodies: [JSONObject] = [
            ["name": "pre-function", "config": ["functions": .array(Self.texts.map { .string($0) })]],
            ["name": "response-ratelimiting", "config": ["limits": .object(limits)]],
        ]
        let rows = try bodies.map { body in
            (entity: "plugins", row: try plugins.validateInsert(body, in: TestNode.context))
        }
        let back = try reread(rows)
        let functions = back.first { $0["name"] == "pre-function" }?["config"]?["functions"]?.array
        #expect(functions?.compactMap { $0.string.map { Array($0.utf8) } } == Self.texts.map { Array($0.utf8) })
        let names = back.first { $0["name"] == "response-ratelimiting" }?["config"]?["limits"]?.object?.keys
        #expect(names?.map { Array($0.utf8) } == limits.keys.map { Array($0.utf8) })
    }
}
