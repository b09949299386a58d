// Writes to the SQLite store: what they leave behind, what they refuse, and that they are one transaction.

import Schema
import Store
import Testing

struct WriteTests {
    let bed: Testbed
    let store: SQLiteStore

    init() async throws {
        bed = try Testbed()
        store = try await bed.sqlite()
    }

    private func apply(_ writes: Write...) async throws(StoreError) -> Committed {
        try await store.apply(writes)
    }

    @Test
    func `an insert tells the row it made`() async throws {
        let committed = try await apply(.insert("services", ["id": .string(id(1).uppercased()), "name": "a"]))
        let row: Row = ["id": .string(id(1)), "name": "a", "port": .null, "tags": .null]
        #expect(committed.results == [row])
        let effect = try #require(committed.effects.first)
        #expect(effect.operation == .create)
        #expect(effect.entity == "services")
        #expect(effect.id == id(1))
        #expect(effect.old == nil)
        #expect(effect.new == row)
    }

    @Test
    func `an update sets the given fields and keeps the others and the id`() async throws {
        _ = try await apply(.insert("services", service(1, "a", tags: ["t"])))
        let committed = try await apply(
            .update("services", .field("name", "a"), changes: ["port": 81, "id": .string(id(9)), "bogus": 1]))
        var expected = service(1, "a", tags: ["t"])
        expected["port"] = 81
        #expect(committed.results == [expected])
        #expect(committed.effects.first?.old == service(1, "a", tags: ["t"]))
        #expect(try await store.row(of: "services", .id(id(1))) == expected)
    }

    @Test
    func `an update of a row that is not there is refused`() async throws {
        await #expect(throws: StoreError.notFound(entity: "services", .field("name", "x"))) {
            try await apply(.update("services", .field("name", "x"), changes: ["port": 1]))
        }
    }

    @Test
    func `an upsert by name keeps the id of the row it replaces`() async throws {
        let made = try await apply(.upsert("services", .field("name", "a"), ["id": .string(id(1)), "port": 1]))
        #expect(made.effects.first?.operation == .create)
        #expect(made.results.first??["name"] == "a")
        let replaced = try await apply(.upsert("services", .field("name", "a"), ["id": .string(id(2))]))
        #expect(replaced.effects.first?.operation == .update)
        #expect(replaced.results == [["id": .string(id(1)), "name": "a", "port": .null, "tags": .null]])
    }

    @Test
    func `an upsert by id takes the id of the key`() async throws {
        _ = try await apply(.upsert("services", .id(id(1)), ["name": "a"]))
        _ = try await apply(.upsert("services", .id(id(1)), ["id": .string(id(7)), "name": "b"]))
        #expect(try await store.row(of: "services", .id(id(1)))?["name"] == "b")
        #expect(try await store.row(of: "services", .id(id(7))) == nil)
    }

    @Test
    func `an id that is taken is a primary key violation, before all else`() async throws {
        _ = try await apply(.insert("services", service(1, "a")))
        let error = StoreError.primaryKeyViolation(entity: "services", id: id(1))
        await #expect(throws: error) { try await apply(.insert("services", service(1, "a"))) }
        #expect(EntityError(error).code == .primaryKeyViolation)
    }

    @Test
    func `a unique value that is taken is reported with its field`() async throws {
        _ = try await apply(.insert("services", service(1, "a")), .insert("services", service(2, "b")))
        let error = StoreError.uniqueViolation(entity: "services", fields: ["name": "a"])
        await #expect(throws: error) { try await apply(.insert("services", service(3, "a"))) }
        await #expect(throws: error) {
            try await apply(.update("services", .id(id(2)), changes: ["name": "a"]))
        }
        #expect(EntityError(error).message == "UNIQUE violation detected on '{name=\"a\"}'")
        #expect(EntityError(error).status == 409)
        _ = try await apply(.insert("services", service(3, "A")), .insert("services", service(4)))
        _ = try await apply(.insert("services", service(5)), .update("services", .id(id(1)), changes: ["name": "a"]))
    }

    @Test
    func `a composite key counts nulls as values`() async throws {
        _ = try await apply(.insert("services", service(1)), .insert("plugins", plugin(2, "x")))
        _ = try await apply(.insert("plugins", plugin(3, "x", service: 1)), .insert("plugins", plugin(4, "y")))
        let global: Row = ["name": "x", "route": .null, "service": .null]
        await #expect(throws: StoreError.uniqueViolation(entity: "plugins", fields: global)) {
            try await apply(.insert("plugins", plugin(5, "x")))
        }
        let scoped: Row = ["name": "x", "route": .null, "service": ref(1)]
        await #expect(throws: StoreError.uniqueViolation(entity: "plugins", fields: scoped)) {
            try await apply(.update("plugins", .id(id(2)), changes: ["service": ref(1)]))
        }
    }

    @Test
    func `a reference into the void is refused, after unique values`() async throws {
        let error = StoreError.foreignKeyMissing(entity: "routes", field: "service", parent: "services", id: id(9))
        await #expect(throws: error) { try await apply(.insert("routes", route(1, service: 9))) }
        #expect(
            EntityError(error).message
                == "the foreign key '{id=\"\(id(9))\"}' does not reference an existing 'services' entity.")
        _ = try await apply(.insert("routes", route(1)))
        await #expect(throws: error) { try await apply(.update("routes", .id(id(1)), changes: ["service": ref(9)])) }
    }

    @Test
    func `a failed write takes the whole transaction with it`() async throws {
        await #expect(throws: StoreError.self) {
            try await apply(
                .insert("services", service(1, "a", tags: ["t"])), .insert("services", service(2, "b")),
                .insert("services", service(3, "a")))
        }
        #expect(try await store.loadAll().count(of: "services") == 0)
        #expect(try await store.tags(named: nil, size: 1, offset: nil).entries.isEmpty)
        #expect(bed.changes.isEmpty)
    }

    @Test
    func `later writes of a transaction see the earlier ones`() async throws {
        let committed = try await apply(
            .insert("services", service(1, "a")), .insert("routes", route(2, service: 1)),
            .update("services", .field("name", "a"), changes: ["name": "b"]),
            .upsert("services", .field("name", "b"), service(9, "b")))
        #expect(committed.results.count == 4)
        #expect(committed.effects.map(\.id) == [id(1), id(2), id(1), id(1)])
    }

    @Test
    func `text with a NUL is refused rather than cut`() async throws {
        await #expect(throws: StoreError.unstorable(entity: "services", field: "name")) {
            try await apply(.insert("services", service(1, "a\0b")))
        }
        let odd: Row = ["id": .string(id(1)), "paths": ["/a\u{0}\"\\\u{1F600}"]]
        _ = try await apply(.insert("routes", odd))
        #expect(try await store.row(of: "routes", .id(id(1)))?["paths"] == odd["paths"])
    }

    @Test
    func `tags follow the row`() async throws {
        _ = try await apply(.insert("services", service(1, tags: ["a", "b"])))
        _ = try await apply(.update("services", .id(id(1)), changes: ["tags": ["c", "b"]]))
        #expect(try await store.tags(named: nil, size: 9, offset: nil).entries.map(\.tag) == ["c", "b"])
        _ = try await apply(.update("services", .id(id(1)), changes: ["tags": .null]))
        #expect(try await store.tags(named: nil, size: 9, offset: nil).entries.isEmpty)
    }

    @Test
    func `ten thousand writes fit in one transaction`() async throws {
        let writes = (1...10_000).map { Write.insert("services", service($0, "s\($0)")) }
        #expect(try await store.apply(writes).effects.count == 10_000)
        #expect(try await store.loadAll().count(of: "services") == 10_000)
    }

    @Test
    func `a row that has expired is not read but can be deleted`() async throws {
        let past: Row = ["id": .string(id(1)), "code": "a", "ttl": 1000]
        let future: Row = ["id": .string(id(2)), "code": "b", "ttl": 99_999_999_999]
        _ = try await apply(.insert("tokens", past), .insert("tokens", future))
        #expect(try await store.row(of: "tokens", .field("code", "a")) == nil)
        #expect(try await store.row(of: "tokens", .field("code", "b")) == future)
        #expect(try await store.page(PageQuery(entity: "tokens")).ids == [id(2)])
        await #expect(throws: StoreError.notFound(entity: "tokens", .id(id(1)))) {
            try await apply(.update("tokens", .id(id(1)), changes: ["code": "c"]))
        }
        #expect(try await apply(.delete("tokens", .id(id(1)))).effects.count == 1)
    }
}
