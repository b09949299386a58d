// Which paths and methods there are, and what is answered without looking at an entity.

import ControlPlane
import Schema
import Testing

@Suite struct RoutingTests {
    @Test func `an unknown path is not found by any method`() async throws {
        let node = try await TestNode()
        for method in ["GET", "POST", "DELETE", "PURGE"] {
            let answer = await node.send(method, "/nowhere")
            #expect(answer.status == 404)
            #expect(answer.json["message"] == "Not found")
        }
        #expect(await node.send("GET", "//services").status == 404)
    }

    @Test func `a known path refuses other methods, before the body is read`() async throws {
        let node = try await TestNode()
        let answer = await node.send("PUT", "/services", type: "application/json", body: "{")
        #expect(answer.status == 405)
        #expect(answer.json["message"] == "Method not allowed")
    }

    @Test func `HEAD says whether a path exists and has no body`() async throws {
        let node = try await TestNode()
        let known = await node.send("HEAD", "/services/unknown")
        #expect(known.status == 200)
        #expect(known.header("Content-Type") == "application/json")
        let unknown = await node.send("HEAD", "/nowhere")
        #expect(unknown.status == 404)
        #expect(unknown.text.isEmpty)
        #expect(await node.send("HEAD", "/consumers/none/key-auth/k").status == 404)
    }

    @Test func `OPTIONS is answered everywhere`() async throws {
        let node = try await TestNode()
        let answer = await node.send("OPTIONS", "/nowhere")
        #expect(answer.status == 204)
        #expect(answer.header("Access-Control-Allow-Methods") == "GET, HEAD, PUT, PATCH, POST, DELETE")
    }

    @Test func `a literal path goes before a row of that name`() async throws {
        let node = try await TestNode()
        #expect(await node.send("GET", "/plugins/enabled").json["enabled_plugins"]?.array?.isEmpty == false)
        #expect(await node.send("GET", "/plugins/schema/").json["code"] == 1)
        #expect(await node.send("GET", "/plugins/schema/nope").json["message"] == "No plugin named 'nope'")
    }

    @Test func `robots are kept out`() async throws {
        let node = try await TestNode()
        #expect(await node.send("GET", "/robots.txt").text == "User-agent: *\nDisallow: /")
    }

    @Test func `an absolute target is read by its path`() async throws {
        let node = try await TestNode()
        #expect(await node.send("GET", "http://localhost:8001/services?size=1").status == 200)
    }
}
