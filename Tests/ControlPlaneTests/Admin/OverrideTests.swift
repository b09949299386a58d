// Targets and certificates, whose endpoints are not the derived ones.

import ControlPlane
import Schema
import Testing

@Suite struct OverrideTests {
    @Test func `the last change of a target counts, however fast they come`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/upstreams", ["name": "u.test"])
        for weight in 1...9 {
            await node.send(
                "POST", "/upstreams/u.test/targets", ["target": "a.test:80", "weight": .number(Double(weight))])
        }
        let active = await node.send("GET", "/upstreams/u.test/targets").json["data"]?.array
        #expect(active?.map { $0["weight"] } == [9])
        #expect(active?.first?["tags"] == nil)
    }

    @Test func `a history of more than nine in ten obsolete rows is cleaned up`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/upstreams", ["name": "u.test"])
        for _ in 0..<10 { await node.send("POST", "/upstreams/u.test/targets", ["target": "a.test:80"]) }
        #expect(await node.send("GET", "/upstreams/u.test/targets/all").json["data"]?.array?.count == 10)
        await node.send("POST", "/upstreams/u.test/targets", ["target": "a.test:80"])
        #expect(await node.send("GET", "/upstreams/u.test/targets/all").json["data"]?.array?.count == 1)
    }

    @Test func `a deleted target is gone from the list and cannot be deleted again`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/upstreams", ["name": "u.test"])
        await node.send("POST", "/upstreams/u.test/targets", ["target": "a.test:80"])
        #expect(await node.send("DELETE", "/upstreams/u.test/targets/a.test:80").status == 204)
        #expect(await node.send("GET", "/upstreams/u.test/targets").json["data"] == [])
        #expect(await node.send("DELETE", "/upstreams/u.test/targets/a.test:80").status == 404)
    }

    @Test func `targets have no collection of their own`() async throws {
        let node = try await TestNode()
        #expect(await node.send("GET", "/targets").status == 404)
        #expect(await node.send("POST", "/targets", [:]).status == 404)
        #expect(await node.send("GET", "/upstreams/u.test/targets/x").status == 405)
    }

    @Test func `a certificate is written with its names and found by them`() async throws {
        let node = try await TestNode()
        let certificate: JSON = ["cert": "c", "key": "k", "snis": ["b.test", "a.test"]]
        let made = await node.send("POST", "/certificates", certificate)
        #expect(made.json["snis"] == ["a.test", "b.test"])
        #expect(await node.send("GET", "/certificates/b.test").json["id"] == made.json["id"])
        #expect(await node.send("PATCH", "/certificates/b.test", ["snis": ["c.test"]]).json["snis"] == ["c.test"])
        #expect(await node.send("GET", "/certificates/b.test").json["message"] == "SNI not found")
        #expect(await node.send("DELETE", "/certificates/c.test").status == 204)
        #expect(await node.send("GET", "/snis").json["data"] == [])
    }

    @Test func `a name of another certificate is refused and nothing is stored`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/certificates", ["cert": "c", "key": "k", "snis": ["a.test"]])
        let refused = await node.send(
            "POST", "/certificates", ["cert": "c", "key": "k", "snis": ["b.test", "a.test"]])
        #expect(refused.status == 400)
        #expect(await node.send("GET", "/certificates").json["data"]?.array?.count == 1)
        let twice = await node.send("POST", "/certificates", ["cert": "c", "key": "k", "snis": ["x", "x"]])
        #expect(twice.json["fields"]?["snis"] == "x is duplicated")
    }

    @Test(arguments: [JSON.null, "a.test", true, 1, [:]])
    func `names that are no list give a certificate none`(names: JSON) async throws {
        let node = try await TestNode()
        let made = await node.send("POST", "/certificates", ["cert": "c", "key": "k", "snis": names])
        #expect(made.status == 201)
        #expect(made.json["snis"] == [])
    }

    @Test func `an empty name of a certificate is refused as a name that is looked up`() async throws {
        let node = try await TestNode()
        let refused = await node.send("POST", "/certificates", ["cert": "c", "key": "k", "snis": [""]])
        #expect(refused.json["code"] == 10)
        #expect(refused.json["message"] == "length must be at least 1")
    }
}
