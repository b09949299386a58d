// Pages of lists, their offsets and filters.

import ControlPlane
import Schema
import Testing

@Suite struct ListingTests {
    @Test func `following the links of a list gives every row once`() async throws {
        let node = try await TestNode()
        for number in 0..<5 {
            await node.send("POST", "/consumers", ["username": .string("c\(number)"), "tags": ["t"]])
        }
        var names: [String] = []
        var target: String? = "/consumers?tags=t&size=2"
        while let next = target {
            let page = await node.send("GET", next).json
            names += page["data"]?.array?.compactMap { $0["username"]?.string } ?? []
            target = page["next"]?.string.map { $0 + "&size=2" }
        }
        #expect(names.sorted() == ["c0", "c1", "c2", "c3", "c4"])
    }

    @Test func `a nested list links to itself by the name it was asked by`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/services", ["name": "s", "host": "a.test"])
        for _ in 0..<2 { await node.send("POST", "/services/s/routes", ["paths": ["/"]]) }
        let page = await node.send("GET", "/services/s/routes?size=1").json
        #expect(page["next"]?.string?.hasPrefix("/services/s/routes?offset=") == true)
    }

    @Test(arguments: ["0", "1001", "-1", "1.5"])
    func `a size out of range is refused`(size: String) async throws {
        let node = try await TestNode()
        let answer = await node.send("GET", "/services?size=\(size)")
        #expect(answer.status == 400)
        #expect(answer.json["message"] == "size must be an integer between 1 and 1000")
    }

    @Test(arguments: ["", "abc", "1x", "%00"])
    func `a size that is no number is refused`(size: String) async throws {
        let node = try await TestNode()
        #expect(await node.send("GET", "/services?size=\(size)").json["message"] == "size must be a number")
    }

    @Test(arguments: ["", ",a", "/a", "a,,b", "a,b/c", "%40x", "a%20b"])
    func `a wrong tag filter is refused`(filter: String) async throws {
        let node = try await TestNode()
        let answer = await node.send("GET", "/services?tags=\(filter)")
        #expect(answer.status == 400)
        #expect(answer.json["options"]?["tags"] == "invalid filter syntax")
    }

    @Test func `the first of repeated filters counts and one separator at the end is ignored`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/consumers", ["username": "x", "tags": ["a"]])
        #expect(await node.send("GET", "/consumers?tags=a,&tags=b").json["data"]?.array?.count == 1)
    }

    @Test func `a consumer is looked up by its custom id`() async throws {
        let node = try await TestNode()
        await node.send("POST", "/consumers", ["username": "x", "custom_id": "1"])
        #expect(await node.send("GET", "/consumers?custom_id=1").json["data"]?.array?.count == 1)
        #expect(await node.send("GET", "/consumers?custom_id=2").json["data"] == [])
    }
}
