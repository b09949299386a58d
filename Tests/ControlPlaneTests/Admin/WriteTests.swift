// Writes: that none is lost, that they are in force when they are answered, and their refusals.

import ControlPlane
import Schema
import Testing

@Suite struct WriteTests {
    @Test func `changes of one row at the same time all survive`() async throws {
        let node = try await TestNode()
        let config: JSON = ["second": 1]
        let plugin = await node.send("POST", "/plugins", ["name": "rate-limiting", "config": config]).json
        let id = try #require(plugin["id"]?.string)
        let limits = ["minute": 60, "hour": 100, "day": 200, "month": 300, "year": 400]
        await withTaskGroup { group in
            for (period, limit) in limits {
                group.addTask {
                    let change = JSON.object(JSONObject([(period, JSON.number(Double(limit)))]))
                    await node.send("PATCH", "/plugins/\(id)", ["config": change])
                }
            }
        }
        let stored = await node.send("GET", "/plugins/\(id)").json["config"]
        for (period, limit) in limits {
            #expect(stored?[period]?.integer == limit, "\(period)")
        }
    }

    @Test func `a change is in force before its answer`() async throws {
        let node = try await TestNode()
        #expect(node.publishedRevisions().isEmpty)
        await node.send("POST", "/consumers", ["username": "x"])
        #expect(node.publishedRevisions() == [1])
        await node.send("POST", "/consumers", ["username": "x"])
        await node.send("DELETE", "/consumers/nobody")
        #expect(node.publishedRevisions() == [1])
    }

    @Test func `PATCH does not change the id of a row`() async throws {
        let node = try await TestNode()
        let id = "000000a1-0000-4000-8000-0000000000a1"
        await node.send("POST", "/consumers", ["id": .string(id), "username": "x"])
        let answer = await node.send(
            "PATCH", "/consumers/x", ["id": "000000b2-0000-4000-8000-0000000000b2", "custom_id": "1"])
        #expect(answer.status == 200)
        #expect(answer.json["id"] == .string(id))
    }

    @Test func `a NUL character is refused with the name of its field`() async throws {
        let node = try await TestNode()
        let answer = await node.send("POST", "/consumers", ["username": "a\u{0}b"])
        #expect(answer.status == 400)
        #expect(answer.json["fields"]?["username"]?.string != nil)
    }

    @Test(arguments: [4, "x", ["a"], true] as [JSON])
    func `a foreign key that is no object is refused with its field`(key: JSON) async throws {
        let node = try await TestNode()
        let answer = await node.send("POST", "/routes", ["paths": ["/a"], "service": key])
        #expect(answer.status == 400)
        #expect(answer.json["fields"]?["service"] != nil)
    }

    @Test func `the parent of a row is changed through the row and never removed`() async throws {
        let node = try await TestNode()
        let service = await node.send("POST", "/services", ["name": "s", "host": "a.test"]).json
        await node.send("POST", "/services/s/routes", ["name": "r", "paths": ["/"]])
        #expect(await node.send("PATCH", "/routes/r/service", ["retries": 1]).json["retries"] == 1)
        let replaced = await node.send("PUT", "/routes/r/service", ["host": "b.test"]).json
        #expect(replaced["id"] == service["id"])
        #expect(replaced["name"] == .null)
        #expect(await node.send("DELETE", "/routes/r/service").status == 405)
        await node.send("PATCH", "/routes/r", ["service": .null])
        #expect(await node.send("DELETE", "/routes/r/service").status == 404)
    }

    @Test func `tags are read from all entities and not written`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/consumers", ["username": "x", "tags": ["a"]])
        let rows = await node.send("GET", "/tags/a").json["data"]?.array
        #expect(rows?.first?["entity_name"] == "consumers")
        #expect(await node.send("POST", "/tags", ["tag": "b"]).json["code"] == 2)
        #expect(await node.send("GET", "/tags/none").json["data"] == [])
    }
}
