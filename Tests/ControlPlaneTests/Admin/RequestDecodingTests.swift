// How paths, forms and bodies are read, seen through the API.

import ControlPlane
import Schema
import Testing

@Suite struct RequestDecodingTests {
    @Test func `path segments are decoded, with a plus sign for a space`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/consumers", ["username": "a b/c"])
        #expect(await node.send("GET", "/consumers/a+b%2Fc").status == 200)
        #expect(await node.send("GET", "/consumers/a%20b%2fc/").status == 200)
    }

    @Test func `a broken escape in a path stays as it is`() async throws {
        let node = try await TestNode()
        await node.send("PUT", "/consumers/100%zz%", [:])
        #expect(await node.send("GET", "/consumers").json["data"]?.array?.first?["username"] == "100%zz%")
    }

    @Test(arguments: [
        "hosts[]=a.test&hosts[]=b.test", "hosts=a.test&hosts=b.test", "hosts[1]=a.test&hosts[2]=b.test",
        "hosts[2]=b.test&hosts[1]=a.test", "hosts%5B%5D=a.test&hosts%5B%5D=b.test",
    ])
    func `lists in forms are read`(form: String) async throws {
        let node = try await TestNode()
        let answer = await node.send("POST", "/routes", form: form)
        #expect(answer.status == 201)
        #expect(answer.json["hosts"] == ["a.test", "b.test"])
    }

    @Test func `dots in form names go into objects`() async throws {
        let node = try await TestNode()
        let answer = await node.send(
            "POST", "/upstreams",
            form: "name=u.test&healthchecks.active.timeout=4&healthchecks.active.healthy.http_statuses[]=204")
        #expect(answer.status == 201)
        #expect(answer.json["healthchecks"]?["active"]?["timeout"] == 4)
        #expect(answer.json["healthchecks"]?["active"]?["healthy"]?["http_statuses"] == [204])
    }

    @Test(arguments: [".name", "name.", "a..b"])
    func `a form name with a stray dot is a plain name`(name: String) async throws {
        let node = try await TestNode()
        let answer = await node.send("POST", "/consumers", form: "username=x&\(name)=1")
        #expect(answer.json["fields"]?[name] == "unknown field")
    }

    @Test func `a form name of ten thousand dots is refused and not followed`() async throws {
        let node = try await TestNode()
        let name = String(repeating: "a.", count: 10_000) + "a"
        #expect(await node.send("POST", "/consumers", form: "username=x&\(name)=1").status == 400)
    }

    @Test func `no more than a hundred arguments of a form are read`() async throws {
        let node = try await TestNode()
        let filler = (0..<100).map { "tags[]=t\($0)" }.joined(separator: "&")
        let answer = await node.send("POST", "/consumers", form: filler + "&username=late")
        #expect(answer.status == 400)
    }

    @Test func `a multipart body is read and the last part of a name counts`() async throws {
        let node = try await TestNode()
        let body = """
            --b\r
            Content-Disposition: form-data; name="username"\r
            \r
            first\r
            --b\r
            Content-Disposition: form-data; name="username"; filename="f"\r
            \r
            two\r
            lines\r
            --b\r
            Content-Disposition: form-data; name="tags"\r
            Content-Type: application/json\r
            \r
            ["x", "y"]\r
            --b--\r

            """
        let answer = await node.send("POST", "/consumers", type: "multipart/form-data; boundary=\"b\"", body: body)
        #expect(answer.json["username"] == "two\r\nlines")
        #expect(answer.json["tags"] == ["x", "y"])
    }

    @Test(arguments: ["text/plain", "Application/JSON", "text/json", ""])
    func `another content type is refused on every path`(type: String) async throws {
        let node = try await TestNode()
        #expect(await node.send("POST", "/consumers", type: type, body: "{}").status == 415)
        #expect(await node.send("PATCH", "/nowhere", type: type, body: "{}").status == 415)
        #expect(await node.send("DELETE", "/consumers/x", type: type, body: "{}").status == 204)
    }

    @Test(arguments: ["", "{", "5", "\"text\"", "null", "{} {}"])
    func `what is no JSON object is refused`(body: String) async throws {
        let node = try await TestNode()
        let answer = await node.send("POST", "/consumers", type: "application/json", body: body)
        #expect(answer.status == 400)
        #expect(answer.json["message"] == "Cannot parse JSON body")
    }

    @Test func `a JSON list counts as an empty body`() async throws {
        let node = try await TestNode()
        #expect(await node.send("PUT", "/consumers/x", []).json["username"] == "x")
    }
}
