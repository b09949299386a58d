// The catalog's order and look-ups, and the names of rows in URLs.

import Schema
import Testing

struct CatalogTests {
    private let catalog = Fixtures.catalog
    private let bicycles = Bicycle.entitySchema

    @Test func `entities follow those they refer to`() {
        #expect(catalog.entities.map(\.name) == ["owners", "bicycles", "addons"])
    }

    @Test func `children are found from their parent`() {
        #expect(catalog.children(of: "owners").map(\.entity.name) == ["bicycles", "addons"])
        #expect(catalog.children(of: "owners").map(\.field) == ["owner", "consumer"])
        #expect(catalog.children(of: "bicycles").isEmpty)
    }

    @Test func `plugins are found by name`() {
        #expect(catalog.plugin("limiter")?.priority == 901)
        #expect(catalog.plugin("nope") == nil)
        #expect(catalog.entity("owners")?.name == "owners")
    }

    @Test func `a row is named by its id or its key`() throws {
        #expect(
            try bicycles.rowName("AAAAAAAA-2222-4333-8444-555555555555", in: Fixtures.context)
                == .id("aaaaaaaa-2222-4333-8444-555555555555"))
        #expect(try bicycles.rowName("bike", in: Fixtures.context) == .key(field: "name", value: "bike"))
    }

    @Test func `a name that cannot be is refused`() {
        let text = "invalid value 'a b': it must only contain alphanumeric and '., -, _, ~' characters"
        #expect(throws: EntityError.invalidUnique("name", text)) {
            try bicycles.rowName("a b", in: Fixtures.context)
        }
        #expect(throws: EntityError.invalidPrimaryKey(["id": "expected a valid UUID"])) {
            try Owner.entitySchema.rowName("me", in: Fixtures.context)
        }
    }

    @Test func `the cache key has five parts`() {
        let row: Row = ["id": "i", "frame": "f", "owner": ["id": "o"]]
        #expect(bicycles.cacheKey(of: row) == "bicycles:o:f:::")
        #expect(Owner.entitySchema.cacheKey(of: row) == "owners:i::::")
        #expect(bicycles.cacheKey(of: ["frame": "f", "owner": .null]) == "bicycles::f:::")
    }

    @Test func `the time to live is taken out of the body`() throws {
        var body: JSONObject = ["ttl": 5, "frame": "f"]
        #expect(try bicycles.takeTTL(from: &body) == 5)
        #expect(body == ["frame": "f"])
        #expect(throws: EntityError.invalidOptions(["ttl": "must be an integer between 0 and 100000000"])) {
            var body: JSONObject = ["ttl": -1]
            _ = try bicycles.takeTTL(from: &body)
        }
        var other: JSONObject = ["ttl": 5]
        #expect(try Owner.entitySchema.takeTTL(from: &other) == nil)
        #expect(other["ttl"] == 5)
    }
}
