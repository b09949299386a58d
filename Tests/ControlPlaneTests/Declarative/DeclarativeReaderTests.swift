// Declarative documents: what they declare, and how faults in them are told.

import ControlPlane
import Foundation
import Schema
import Testing

@Suite struct DeclarativeReaderTests {
    private let reader = DeclarativeReader(context: TestNode.context)

    private func rows(_ text: String) throws -> [String: [Row]] {
        let configuration = try reader.read(text: "_format_version: '1.1'\n" + text, named: "kong.yml")
        return Dictionary(grouping: configuration.rows, by: \.entity).mapValues { $0.map(\.row) }
    }

    private func fault(_ text: String) -> String? {
        do {
            _ = try reader.read(text: text, named: "kong.yml")
            return nil
        } catch {
            return error.text
        }
    }

    @Test func `nested rows refer to the row around them`() throws {
        let rows = try rows(
            """
            services:
            - name: s
              url: http://a.test/base
              routes:
              - paths: [/x]
                plugins:
                - name: key-auth
              plugins:
              - {name: correlation-id}
            """)
        let service = try #require(rows["services"]?.first)
        #expect(service["path"] == "/base")
        #expect(rows["routes"]?.first?["service"]?["id"] == service["id"])
        let plugins = try #require(rows["plugins"])
        #expect(plugins.first { $0["name"] == "key-auth" }?["route"]?["id"] == rows["routes"]?.first?["id"])
        #expect(plugins.first { $0["name"] == "correlation-id" }?["service"]?["id"] == service["id"])
    }

    @Test func `a row comes after those it refers to`() throws {
        let configuration = try reader.read(
            text: "_format_version: '1.1'\nroutes: [{paths: [/], service: s}]\nservices: [{name: s, host: h}]",
            named: "x")
        #expect(configuration.rows.map(\.entity) == ["services", "routes"])
    }

    @Test func `references are ids or names`() throws {
        let rows = try rows(
            """
            services:
            - {id: 00000001-1111-4222-8333-44444444444A, name: s, host: h}
            routes:
            - {paths: [/a], service: s}
            - {paths: [/b], service: 00000001-1111-4222-8333-44444444444a}
            """)
        let ids = rows["routes"]?.map { $0["service"]?["id"] }
        #expect(ids == ["00000001-1111-4222-8333-44444444444a", "00000001-1111-4222-8333-44444444444a"])
    }

    @Test func `comments and ignored parts are taken on every level`() throws {
        let rows = try rows(
            "_comment: all\n_ignore: [{x: 1}]\nconsumers:\n- username: c\n  _comment: c\n  _ignore: [1]\n")
        #expect(rows["consumers"]?.count == 1)
    }

    @Test(arguments: [
        ("services: []", "in '_format_version': required field missing"),
        ("_format_version: 1.1", "in '_format_version': expected a string"),
        ("_format_version: '2'", "in '_format_version': value must be 1.1"),
        ("_format_version: '1.1'\nthings: []", "in 'things': unknown field"),
        ("_format_version: '1.1'\ntags: []", "in 'tags': unknown field"),
        ("_format_version: '1.1'\nservices: 5", "in 'services': expected an array"),
        ("_format_version: '1.1'\nservices: [5]", "in 'services':\n  - in entry 1 of 'services': expected a record"),
        ("just words", "expected a table as input"),
        ("- a", "expected a table as input"),
        ("", "failed parsing declarative configuration file kong.yml"),
    ])
    func `faults of a document are told as Kong does`(text: String, expected: String) {
        #expect(fault(text) == expected)
    }

    @Test func `faults deep inside are told with their place`() {
        let text = """
            _format_version: '1.1'
            services:
            - name: s
              url: nonsense
              routes:
              - paths: [/ok, bad]
            """
        #expect(
            fault(text) == """
                in 'services':
                  - in entry 1 of 'services':
                    in 'path': should start with: /
                    in 'host': required field missing
                    in 'routes':
                      - in entry 1 of 'routes':
                        in 'paths':
                          - in entry 2 of 'paths': should start with: /
                """)
    }

    @Test func `a reference that leads nowhere is told by the row's name`() {
        #expect(
            fault("_format_version: '1.1'\nroutes: [{name: r, paths: [/], service: nowhere}]") == """
                in 'routes':
                  in 'r':
                    - in entry 1 of 'r': invalid reference 'service: nowhere' (no such entry in 'services')
                """)
    }

    @Test func `a nested row may not name another parent`() {
        let text = "_format_version: '1.1'\nconsumers: [{username: a, keyauth_credentials: [{consumer: b}]}]"
        #expect(fault(text)?.hasSuffix("in 'consumer': value must be null") == true)
    }

    @Test func `broken YAML is told with its line and column`() {
        let text = fault("_format_version: '1.1'\nservices: [ {")
        #expect(text?.contains(#/kong\.yml: \d+:\d+: /#) == true)
    }

    @Test func `aliases that multiply without end are refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(fault(text) == "the document has too many nodes")
    }

    @Test func `anchors and merged mappings are followed`() throws {
        let rows = try rows(
            """
            services:
            - &base {name: one, host: h, retries: 3}
            - <<: *base
              name: two
            """)
        #expect(rows["services"]?.map { $0["name"] } == ["one", "two"])
        #expect(rows["services"]?.map { $0["retries"] } == [3, 3])
    }

    @Test(arguments: [
        ("0x1F", 31), ("0o17", 15), ("017", 15), ("0b101", 5), ("1_000", 1000), ("1.5e2", 150), ("+7", 7),
        ("!!int 7", 7),
    ])
    func `plain numbers of YAML are numbers`(word: String, expected: Int) throws {
        let rows = try rows("services: [{host: h, retries: \(word)}]")
        #expect(rows["services"]?.first?["retries"]?.integer == expected)
    }

    @Test(arguments: [("yes", true), ("Off", false), ("TRUE", true), ("no", false)])
    func `plain words of YAML are booleans`(word: String, expected: Bool) throws {
        let rows = try rows("routes: [{paths: [/], strip_path: \(word)}]")
        #expect(rows["routes"]?.first?["strip_path"] == .bool(expected))
    }

    @Test(arguments: [
        ("'yes'", "yes"), ("!!str 12", "12"), ("1.2.3.4", "1.2.3.4"), ("2020-01-01", "2020-01-01"), ("e1", "e1"),
        ("\"~\"", "~"), ("-x", "-x"), ("0xZ", "0xZ"),
    ])
    func `other words of YAML are texts`(word: String, expected: String) throws {
        let rows = try rows("consumers: [{username: \(word)}]")
        #expect(rows["consumers"]?.first?["username"] == .string(expected))
    }

    @Test(arguments: ["~", "null", ""])
    func `no value is null`(word: String) throws {
        let rows = try rows("consumers:\n- username: x\n  custom_id: \(word)\n")
        #expect(rows["consumers"]?.first?["custom_id"] == .null)
    }

    @Test func `files are read, and told by their path when they cannot be`() throws {
        let folder = NSTemporaryDirectory() + "declarative-" + UUIDText.random()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/kong.json"
        try Data(#"{"_format_version": "1.1", "consumers": [{"username": "x"}]}"#.utf8).write(to: URL(filePath: path))
        #expect(try reader.read(file: path).rows.count == 1)
        #expect(throws: DeclarativeError("\(folder)/none.yml: No such file or directory")) {
            try reader.read(file: folder + "/none.yml")
        }
        #expect(throws: DeclarativeError("\(folder): Is a directory")) { try reader.read(file: folder) }
    }
}
