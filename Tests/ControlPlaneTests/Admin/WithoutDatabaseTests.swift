// The Admin API of a node without a database.

import ControlPlane
import Schema
import Testing

@Suite struct WithoutDatabaseTests {
    private func node(_ document: JSON) async -> TestNode {
        let node = TestNode(withoutDatabase: ())
        let answer = await node.send("POST", "/config", document)
        #expect(answer.status == 201, "\(answer.text)")
        return node
    }

    @Test func `a document is answered with its rows and can be read`() async throws {
        let node = await node(["_format_version": "1.1", "consumers": [["username": "a"]]])
        let row = await node.send("GET", "/consumers/a")
        #expect(row.status == 200)
        #expect(row.json["custom_id"] == .null)
    }

    @Test func `writes are refused, naming what they would have done`() async throws {
        let node = await node(["_format_version": "1.1", "consumers": [["username": "a"]]])
        let cases: [(String, String, JSON?, JSON)] = [
            ("POST", "/consumers", ["username": "b"], "cannot create 'consumers' entities when not using a database"),
            (
                "PATCH", "/consumers/a", ["custom_id": "1"],
                "cannot update 'consumers' entities by 'username' when not using a database"
            ),
            (
                "PUT", "/consumers/b", [:],
                "cannot create or update 'consumers' entities by 'username' when not using a database"
            ),
        ]
        for (method, path, body, message) in cases {
            let answer = await node.send(method, path, body)
            #expect(answer.status == 405)
            #expect(answer.json["code"] == 12)
            #expect(answer.json["message"] == message)
        }
        #expect(await node.send("DELETE", "/consumers/a").status == 405)
        #expect(await node.send("DELETE", "/consumers/nobody").status == 204)
        #expect(await node.send("POST", "/consumers", [:]).status == 400)
        #expect(await node.send("PATCH", "/consumers/nobody", [:]).status == 404)
    }

    @Test func `a document that is refused leaves the old one in force`() async throws {
        let node = await node(["_format_version": "1.1", "consumers": [["username": "a"]]])
        let refused = await node.send("POST", "/config", ["config": "_format_version: '1.1'\nconsumers:\n- {}\n"])
        #expect(refused.status == 400)
        #expect(refused.json["error"]?.string?.hasPrefix("in 'consumers':\n  - in entry 1 of 'consumers':") == true)
        #expect(await node.send("GET", "/consumers/a").status == 200)
    }

    @Test func `emptying the cache does not empty the configuration`() async throws {
        let node = await node(["_format_version": "1.1", "consumers": [["username": "a"]]])
        #expect(await node.send("DELETE", "/cache").status == 204)
        #expect(await node.send("GET", "/consumers/a").status == 200)
    }

    @Test func `with a database there is no document to load`() async throws {
        let node = try await TestNode()
        let answer = await node.send("POST", "/config", ["_format_version": "1.1"])
        #expect(answer.status == 400)
    }
}
