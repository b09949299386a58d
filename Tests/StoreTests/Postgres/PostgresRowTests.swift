// How rows lie in Kong's tables, and what the store makes of what PostgreSQL refuses.

import Schema
import Store
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled))
struct PostgresRowTests {
    private let bed: PostgresBed
    private let node: PostgresNode

    init() async throws {
        bed = try PostgresBed()
        node = try await bed.node()
    }

    private func service(_ number: Int, _ name: String) -> Write {
        .insert("services", ["id": .string(id(number)), "name": .string(name), "port": 80])
    }

    private func group(_ number: Int, _ name: String) -> Write {
        .insert("acls", ["id": .string(id(number)), "consumer": ref(1), "group": .string(name)])
    }

    @Test
    func `a row is stored as Kong stores it and read as it was written`() async throws {
        let row: Row = [
            "id": .string(id(1)), "created_at": 1_795_425_117, "name": "it's \"a\" \\ b", "port": 65535,
            "tags": ["blue", "a,\"b\"\\"],
        ]
        try await node.apply(.insert("services", row))
        #expect(try await node.store.row(of: "services", .id(id(1).uppercased())) == row)
        let stored = try bed.sql("SET TIME ZONE 'UTC'; SELECT created_at, name, port, tags FROM services")
        #expect(stored == [#"2026-11-23 09:11:57+00|it's "a" \ b|65535|{blue,"a,\"b\"\\"}"#])
        #expect(try bed.sql("SELECT entity_name, tags FROM tags") == [#"services|{blue,"a,\"b\"\\"}"#])
        #expect(node.dataset.row(of: "services", id: id(1)) == row)
    }

    @Test
    func `lists of texts and of records and empty values have their types`() async throws {
        let row: Row = [
            "id": .string(id(1)), "name": .null, "paths": [#"/items/\d+/x"#, ""], "strip_path": false,
            "sources": [["ip": "10.1.0.0/16", "port": .null], ["ip": .null, "port": 9001]], "service": .null,
        ]
        try await node.apply(.insert("routes", row))
        #expect(try await node.store.row(of: "routes", .id(id(1))) == row)
        let stored = try bed.sql("SELECT paths, strip_path, sources[2] ->> 'port', name IS NULL FROM routes")
        #expect(stored == [#"{"/items/\\d+/x",""}|f|9001|t"#])
    }

    @Test
    func `times of targets keep their milliseconds`() async throws {
        try await node.apply(.insert("upstreams", ["id": .string(id(1)), "name": "u", "slots": 10]))
        let row: Row = [
            "id": .string(id(2)), "created_at": 1_795_425_117.427, "upstream": ref(1), "target": "h:1", "weight": 10,
        ]
        try await node.apply(.insert("targets", row))
        #expect(try await node.store.row(of: "targets", .id(id(2))) == row)
        #expect(try bed.sql("SET TIME ZONE 'UTC'; SELECT created_at FROM targets") == ["2026-11-23 09:11:57.427+00"])
    }

    @Test
    func `the cache key stands for uniqueness by several fields`() async throws {
        try await node.apply(.insert("consumers", ["id": .string(id(1)), "username": "u"]), group(2, "g"))
        #expect(try bed.sql("SELECT cache_key FROM acls") == ["acls:\(id(1)):g:::"])
        await #expect(throws: StoreError.uniqueViolation(entity: "acls", fields: ["consumer": ref(1), "group": "g"])) {
            try await node.apply(group(3, "g"))
        }
        try await node.apply(.update("acls", .id(id(2)), changes: ["group": "h"]))
        #expect(try bed.sql("SELECT cache_key FROM acls") == ["acls:\(id(1)):h:::"])
    }

    @Test
    func `an update keeps what it does not name and the id`() async throws {
        try await node.apply(service(1, "a"))
        let made = try await node.apply(.update("services", .field("name", "a"), changes: ["port": 81, "id": "x"]))
        #expect(made.results.first??["port"] == 81)
        #expect(made.results.first??["id"] == .string(id(1)))
        #expect(made.effects.first?.old?["port"] == 80)
        await #expect(throws: StoreError.notFound(entity: "services", .id(id(9)))) {
            try await node.apply(.update("services", .id(id(9)), changes: ["port": 1]))
        }
    }

    @Test
    func `an upsert by name keeps the id of the row it replaces`() async throws {
        try await node.apply(.upsert("services", .field("name", "a"), ["id": .string(id(1)), "port": 1]))
        try await node.apply(.upsert("services", .field("name", "a"), ["id": .string(id(2)), "port": 2]))
        #expect(try bed.sql("SELECT id, name, port FROM services") == ["\(id(1))|a|2"])
    }

    @Test
    func `what breaks a rule is told and undone with the whole transaction`() async throws {
        try await node.apply(service(1, "a"))
        await #expect(throws: StoreError.primaryKeyViolation(entity: "services", id: id(1))) {
            try await node.apply(service(2, "b"), service(1, "c"))
        }
        await #expect(throws: StoreError.uniqueViolation(entity: "services", fields: ["name": "a"])) {
            try await node.apply(service(2, "b"), service(3, "c"), service(4, "a"))
        }
        let missing = StoreError.foreignKeyMissing(entity: "routes", field: "service", parent: "services", id: id(7))
        await #expect(throws: missing) {
            try await node.apply(.insert("routes", ["id": .string(id(5)), "service": ref(7)]))
        }
        await #expect(throws: StoreError.unstorable(entity: "services", field: "name")) {
            try await node.apply(service(6, "a\u{0}b"))
        }
        #expect(try bed.sql("SELECT name FROM services") == ["a"])
        #expect(node.dataset.count(of: "services") == 1)
    }

    @Test
    func `a delete takes along what hangs on the row and is refused where it may not`() async throws {
        try await node.apply(
            service(1, "a"), .insert("routes", ["id": .string(id(2)), "strip_path": true, "service": ref(1)]),
            .insert(
                "plugins", ["id": .string(id(3)), "name": "x", "route": ref(2), "config": ["a": 1], "enabled": true]))
        await #expect(throws: StoreError.restricted(entity: "services", referencedBy: "routes")) {
            try await node.apply(.delete("services", .id(id(1))))
        }
        let made = try await node.apply(.delete("routes", .id(id(2))))
        #expect(made.effects.map(\.entity) == ["plugins", "routes"])
        #expect(node.dataset.count(of: "plugins") == 0)
        #expect(try await node.apply(.delete("routes", .id("no id"))).effects.isEmpty)
    }

    @Test
    func `pages go by id, parent and tags`() async throws {
        for number in 1...5 {
            let tags: JSON = number % 2 == 0 ? ["even", "all"] : ["all"]
            let row: Row = ["id": .string(id(number)), "name": .string("s\(number)"), "port": 80, "tags": tags]
            try await node.apply(.insert("services", row))
        }
        var query = PageQuery(entity: "services", size: 2)
        let first = try await node.store.page(query)
        #expect(first.ids == [id(1), id(2)])
        query.offset = first.offset
        #expect(try await node.store.page(query).ids == [id(3), id(4)])
        let all = PageQuery(entity: "services", tags: .all(["even", "all"]))
        #expect(try await node.store.page(all).ids == [id(2), id(4)])
        let any = PageQuery(entity: "services", tags: .any(["even", "none"]))
        #expect(try await node.store.page(any).ids == [id(2), id(4)])
        let tags = try await node.store.tags(named: "even", size: 1, offset: nil)
        #expect(tags.entries == [TagEntry(tag: "even", entity: "services", id: id(2))])
        #expect(try await node.store.tags(named: "even", size: 1, offset: tags.offset).entries.first?.id == id(4))
        await #expect(throws: StoreError.self) {
            try await node.store.page(PageQuery(entity: "services", offset: "!"))
        }
    }

    @Test
    func `rows that have expired are not read`() async throws {
        let token: Row = ["id": .string(id(1)), "access_token": "t", "ttl": 1]
        try await node.apply(.insert("oauth2_tokens", token))
        #expect(try await node.store.row(of: "oauth2_tokens", .field("access_token", "t")) == nil)
        #expect(try await node.store.page(PageQuery(entity: "oauth2_tokens")).rows.isEmpty)
    }
}
