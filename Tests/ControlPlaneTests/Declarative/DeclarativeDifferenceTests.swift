// Differences between a document and a database: which rows stand for which, and how they are told.

import ControlPlane
import Schema
import Store
import Testing

@Suite struct DeclarativeDifferenceTests {
    private let context = TestNode.context
    private let reader = DeclarativeReader(context: TestNode.context)

    private func difference(_ stored: String, _ document: String) throws -> DeclarativeDifference {
        let head = "_format_version: '1.1'\n"
        let writes = try reader.read(text: head + stored, named: "stored").writes(context)
        let rows = writes.compactMap { write in
            if case .upsert(let entity, _, let row) = write { (entity: entity, row: row) } else { nil }
        }
        return DeclarativeDifference(
            from: Dataset(catalog: TestNode.catalog, rows: rows),
            to: try reader.read(text: head + document, named: "document"), context)
    }

    private static let service = "00000001-1111-4222-8333-444444444444"
    private static let plugin = "00000002-1111-4222-8333-444444444444"

    private static let stored = """
        services:
        - id: \(service)
          name: s
          host: h
          routes: [{name: r, paths: [/a]}]
          plugins: [{id: \(plugin), name: rate-limiting, config: {minute: 5}}]
        consumers:
        - {username: anna, basicauth_credentials: [{username: a, password: secret}]}
        """

    @Test func `a document without ids is the same as what it was stored as`() throws {
        let document = """
            services:
            - name: s
              host: h
              routes: [{name: r, paths: [/a]}]
              plugins: [{name: rate-limiting, config: {minute: 5}}]
            consumers:
            - {username: anna, basicauth_credentials: [{username: a, password: secret}]}
            """
        let difference = try difference(Self.stored, document)
        #expect(difference.isEmpty)
        #expect(difference.lines == ["0 to create, 0 to change, 5 as they are, 0 only in the database"])
    }

    @Test func `what changes is told with its place, before and after`() throws {
        let document = """
            services:
            - name: s
              url: http://other.test
              plugins: [{name: rate-limiting, config: {minute: 6, hour: 10}}, {name: cors}]
            """
        let difference = try difference(Self.stored, document)
        #expect(
            difference.lines == [
                "~ services s \(Self.service)",
                #"    host: "h" -> "other.test""#,
                "~ plugins rate-limiting \(Self.plugin)",
                "    config.minute: 5 -> 6",
                "    config.hour: null -> 10",
                "+ plugins cors",
                "1 to create, 2 to change, 0 as they are, 3 only in the database",
            ])
    }

    @Test func `rows are found by their id first`() throws {
        let difference = try difference(
            Self.stored, "services: [{id: \(Self.service), name: renamed, host: h}]")
        #expect(difference.entries.map(\.id) == [Self.service])
        #expect(difference.entries.first?.changes.map(\.path) == ["name"])
    }

    @Test func `secrets are not shown`() throws {
        let difference = try difference(
            Self.stored, "consumers: [{username: anna, basicauth_credentials: [{username: a, password: other}]}]")
        #expect(difference.lines.contains(#"    password: "******" -> "******""#))
        #expect(!difference.json.text.contains("secret"))
    }

    @Test func `programs get JSON`() throws {
        let difference = try difference(
            Self.stored, "services: [{name: s, host: g}]\nroutes: [{paths: [/new]}]")
        #expect(
            difference.json == [
                "create": [["entity": "routes"]],
                "change": [
                    [
                        "entity": "services", "id": .string(Self.service), "name": "s",
                        "fields": [["field": "host", "old": "h", "new": "g"]],
                    ]
                ],
                "equal": 0,
                "only_in_database": 4,
            ])
    }
}
