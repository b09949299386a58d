// `kong config` on the database of a running node: what is imported is served, what is exported comes back as it was.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Declarative files")
    struct ConfigCommand {
        /// Runs `body` with a node on each kind of database that there is, and a second, empty one of that kind.
        private static func onEveryDatabase(_ body: (_ node: Node, _ other: Node) throws -> Void) throws {
            try Node.with { node in try Node.with { try body(node, $0) } }
            guard Database.isInstalled else { return }
            try Database.with { database in
                let (first, second) = (try database.bootstrapped("first"), try database.bootstrapped("second"))
                try Node.with(first) { node in try Node.with(second) { try body(node, $0) } }
            }
        }

        private static func write(_ text: String, to file: String) throws {
            try Data(("_format_version: \"1.1\"\n" + text).utf8).write(to: URL(fileURLWithPath: file))
        }

        private static let everything = """
            services:
            - name: s
              url: http://127.0.0.1:{port}
              tags: [a, b]
              routes:
              - name: r
                paths: [/r]
                strip_path: false
                plugins: [{name: basic-auth, config: {hide_credentials: true}}]
            consumers:
            - username: anna
              basicauth_credentials: [{username: anna, password: secret}]
              keyauth_credentials: [{key: "k: 1"}]
              acls: [{group: "on"}]
            upstreams:
            - {name: up.test, targets: [{target: 127.0.0.1:1}, {target: 127.0.0.1:2, weight: 7}]}
            plugins:
            - {name: correlation-id, config: {header_name: X-Id}}

            """

        @Test func `what is imported is served, exported and imported elsewhere as it was`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            defer { origin.stop() }
            try Self.onEveryDatabase { node, other in
                let file = node.prefix + "/in.yml"
                try Self.write(
                    Self.everything.replacingOccurrences(of: "{port}", with: String(origin.port)), to: file)
                let imported = try node.kong("config", "db_import", file)
                #expect(imported.output == "parse successful, beginning import\nimport successful\n")
                try Self.expectServed(by: node)

                let export = node.prefix + "/out.yml"
                #expect(try node.kong("config", "db_export", export).output == "exported 11 entities to \(export)\n")
                var status = stat()
                #expect(stat(export, &status) == 0 && status.st_mode & 0o777 == 0o600)
                let second = try node.kong("config", "db_export", export)
                #expect(second.status == 1 && second.output.contains("Will not overwrite it."))

                let again = other.prefix + "/out.yml"
                #expect(try other.kong("config", "diff", export).status == 2)
                #expect(try other.kong("config", "db_import", export).status == 0)
                #expect(try other.kong("config", "diff", export).status == 0)
                #expect(try other.kong("config", "db_export", again).status == 0)
                #expect(
                    try String(contentsOfFile: again, encoding: .utf8)
                        == String(contentsOfFile: export, encoding: .utf8))
                try Self.expectServed(by: other)
            }
        }

        private static func expectServed(by node: Node) throws {
            let login = Data("anna:secret".utf8).base64EncodedString()
            let request = "GET /r HTTP/1.1\r\nHost: t\r\nAuthorization: Basic \(login)\r\nConnection: close\r\n\r\n"
            #expect(eventually(within: 10) { try node.exchange(request).status == 200 })
            #expect(node.status("/r") == 401)
        }

        @Test func `an import that fails leaves nothing behind`() throws {
            try Self.onEveryDatabase { node, _ in
                #expect(try node.admin("POST", "/services", ["name": "s", "host": "h"]).status == 201)
                let file = node.prefix + "/in.yml"
                try Self.write("consumers: [{username: anna}]\nservices: [{name: s, host: h}]\n", to: file)
                let imported = try node.kong("config", "db_import", file)
                #expect(imported.status == 1)
                #expect(imported.output.contains("] UNIQUE violation detected on '{name=\"s\"}'\n"))
                #expect(try node.admin("GET", "/consumers/anna").status == 404)
            }
        }

        @Test func `a difference is told in lines and in JSON`() throws {
            try Self.onEveryDatabase { node, _ in
                let file = node.prefix + "/in.yml"
                try Self.write("services: [{name: s, host: h}]\n", to: file)
                #expect(try node.kong("config", "db_import", file).status == 0)
                let same = try node.kong("config", "diff", file)
                #expect(same.status == 0)
                #expect(same.output == "0 to create, 0 to change, 1 as they are, 0 only in the database\n")

                #expect(try node.admin("PATCH", "/services/s", ["host": "other", "retries": 2]).status == 200)
                let changed = try node.kong("config", "diff", file)
                #expect(changed.status == 2)
                #expect(changed.output.contains("\n    retries: 2 -> 5\n    host: \"other\" -> \"h\"\n"))
                let json = try node.kong("config", "diff", "--json", file)
                let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
                #expect((object?["change"] as? [Any])?.count == 1)
                #expect(try node.kong("config", "diff", node.prefix + "/none.yml").status == 1)
            }
        }
    }
}
