// Plugins and the credentials they bring.

import ControlPlane
import Schema
import Testing

@Suite struct PluginTests {
    private let id = "000000a1-0000-4000-8000-0000000000a1"

    @Test func `PUT on a plugin that is there keeps what it does not name`() async throws {
        let node = try await TestNode()
        await node.send("PUT", "/plugins/\(id)", ["name": "key-auth", "config": ["key_names": ["k"]], "tags": ["t"]])
        let answer = await node.send("PUT", "/plugins/\(id)", ["config": ["hide_credentials": true]])
        #expect(answer.status == 200)
        #expect(answer.json["config"]?["key_names"] == ["k"])
        #expect(answer.json["tags"] == ["t"])
    }

    @Test func `a form that changes a plugin is read by the stored plugin's name`() async throws {
        let node = try await TestNode()
        await node.send("PUT", "/plugins/\(id)", ["name": "rate-limiting", "config": ["minute": 5]])
        let answer = await node.send("PATCH", "/plugins/\(id)", form: "config.hour=20&enabled=false")
        #expect(answer.json["config"]?["hour"] == 20)
        #expect(answer.json["enabled"] == false)
    }

    @Test func `JSON that changes a plugin is read like a form, JSON that makes one is not`() async throws {
        let node = try await TestNode()
        await node.send("PUT", "/plugins/\(id)", ["name": "rate-limiting", "config": ["minute": 5]])
        let texts: JSON = ["config": ["minute": "7", "hide_client_headers": "true"], "tags": "a", "enabled": "false"]
        let changed = await node.send("PATCH", "/plugins/\(id)", texts)
        #expect(changed.json["config"]?["minute"] == 7)
        #expect(changed.json["config"]?["hide_client_headers"] == true)
        #expect(changed.json["tags"] == ["a"])
        #expect(changed.json["enabled"] == false)
        let refused = await node.send("PATCH", "/plugins/\(id)", ["tags": 1])
        #expect(refused.json["fields"]?["tags"] == ["expected a string"])
        #expect(await node.send("PUT", "/plugins/\(id)", texts).json["fields"]?["tags"] == "expected a set")
    }

    @Test func `a plugin's protocols must fit its route`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/routes", ["name": "r", "paths": ["/"], "protocols": ["https"]])
        let refused = await node.send("POST", "/routes/r/plugins", ["name": "key-auth", "protocols": ["http"]])
        #expect(refused.json["fields"]?["protocols"] == "must match the associated route's protocols")
        #expect(await node.send("POST", "/routes/r/plugins", ["name": "key-auth"]).status == 201)
    }

    @Test func `a plugin is reached below its parent only`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/services", ["name": "one", "host": "a.test"])
        await node.send("POST", "/services", ["name": "two", "host": "a.test"])
        await node.send("POST", "/services/one/plugins", ["id": .string(id), "name": "key-auth"])
        #expect(await node.send("GET", "/services/one/plugins/\(id)").status == 200)
        #expect(await node.send("GET", "/services/two/plugins/\(id)").status == 404)
        #expect(await node.send("DELETE", "/services/two/plugins/\(id)").status == 404)
        #expect(await node.send("DELETE", "/services/one/plugins/\(id)").status == 204)
    }

    @Test func `PUT below a parent takes the path's segment as the parent's id`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/services", ["name": "s", "host": "a.test"])
        let answer = await node.send("PUT", "/services/s/plugins/\(id)", ["name": "key-auth"])
        #expect(answer.json["fields"]?["service"]?["id"] == "expected a valid UUID")
    }

    @Test func `a change of a plugin that is not there has a plain error`() async throws {
        let node = try await TestNode()
        let answer = await node.send("PATCH", "/plugins/\(id)", ["enabled": false])
        #expect(answer.status == 404)
        #expect(answer.json == ["message": "Not found"])
    }

    @Test func `keys are reached under the plugin's name and under the table's`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/consumers", ["username": "c"])
        #expect(await node.send("POST", "/consumers/c/key-auth", ["key": "k"]).status == 201)
        for path in ["/consumers/c/key-auth/k", "/keyauth_credentials/k", "/key-auths/k/consumer"] {
            #expect(await node.send("GET", path).status == 200, "\(path)")
        }
        #expect(await node.send("GET", "/key-auths").json["data"]?.array?.count == 1)
        #expect(await node.send("POST", "/key-auths", [:]).status == 405)
    }

    @Test func `a key is renamed through its consumer and not found through another`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/consumers", ["username": "c"])
        await node.send("POST", "/consumers", ["username": "d"])
        await node.send("POST", "/consumers/c/key-auth", ["key": "k"])
        #expect(await node.send("PATCH", "/consumers/d/key-auth/k", ["key": "x"]).status == 404)
        #expect(await node.send("PATCH", "/consumers/c/key-auth/k", ["key": "l"]).json["key"] == "l")
    }

    @Test func `PUT gives a key to the consumer in the path`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/consumers", ["username": "c"])
        let other = await node.send("POST", "/consumers", ["username": "d"]).json
        await node.send("POST", "/consumers/c/key-auth", ["key": "k"])
        let answer = await node.send("PUT", "/consumers/d/key-auth/k", [:])
        #expect(answer.json["consumer"]?["id"] == other["id"])
        #expect(await node.send("GET", "/consumers/c/key-auth").json["data"] == [])
    }
}
