// Texts of every kind on their way through files: another YAML library reads what this one wrote.

import Testing

extension EndToEnd {
    @Suite("Texts in declarative files")
    struct ConfigText {
        private static func compare(_ node: Node, _ other: Node) throws {
            let run = try Python.run(
                "Declarative/texts.py",
                [Node.program, String(node.adminPort), node.prefix, String(other.adminPort), other.prefix])
            #expect(run.status == 0, "\(run.output)")
        }

        @Test func `awkward texts are exported and imported as they are`() throws {
            try Node.with { node in try Node.with { try Self.compare(node, $0) } }
        }

        @Test(.enabled(if: Database.isInstalled))
        func `with PostgreSQL as well`() throws {
            try Database.with { database in
                let (first, second) = (try database.bootstrapped("first"), try database.bootstrapped("second"))
                try Node.with(first) { node in try Node.with(second) { try Self.compare(node, $0) } }
            }
        }
    }
}
