// Reads of single rows; both kinds of store answer alike.

import Schema
import Store
import Testing

struct ReadTests {
    @Test(arguments: StoreKind.allCases)
    func `a row is read back as it was written`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [("services", service(1, "a")), ("routes", route(2, service: 1))])
        #expect(try await store.row(of: "routes", .id(id(2))) == route(2, service: 1))
        #expect(try await store.row(of: "services", .id(id(1))) == service(1, "a"))
    }

    @Test(arguments: StoreKind.allCases)
    func `the letter case of an id does not matter`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let upper: Row = ["id": "ABCDEF00-0000-4000-8000-000000000001", "name": "a"]
        let store = try await bed.store(kind, [("services", upper)])
        let row = try await store.row(of: "services", .id("abcdef00-0000-4000-8000-000000000001"))
        #expect(row?["id"] == "abcdef00-0000-4000-8000-000000000001")
        #expect(try await store.row(of: "services", .id("AbCdEf00-0000-4000-8000-000000000001")) == row)
    }

    @Test(arguments: StoreKind.allCases)
    func `the letter case of a name matters`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [("services", service(1, "Name")), ("services", service(2, "name"))])
        #expect(try await store.row(of: "services", .field("name", "Name"))?["id"] == .string(id(1)))
        #expect(try await store.row(of: "services", .field("name", "name"))?["id"] == .string(id(2)))
        #expect(try await store.row(of: "services", .field("name", "NAME")) == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `of several rows with a value the one with the smallest id is read`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let notes: Rows = [3, 1, 2].map { ("notes", ["id": .string(id($0)), "group": "g"]) }
        let store = try await bed.store(kind, notes)
        #expect(try await store.row(of: "notes", .field("group", "g"))?["id"] == .string(id(1)))
    }

    @Test(arguments: StoreKind.allCases)
    func `fields that were not given are null`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [("services", ["id": .string(id(1))])])
        let expected: Row = ["id": .string(id(1)), "name": .null, "port": .null, "tags": .null]
        #expect(try await store.row(of: "services", .id(id(1))) == expected)
    }

    @Test(arguments: StoreKind.allCases)
    func `a row that is not there is nil`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [("services", service(1, "a"))])
        #expect(try await store.row(of: "services", .id(id(9))) == nil)
        #expect(try await store.row(of: "services", .id("no id")) == nil)
        #expect(try await store.row(of: "services", .field("name", "a\0b")) == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `an entity that is not declared is an error`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [])
        await #expect(throws: StoreError.unknown("no entity is named 'bananas'")) {
            try await store.row(of: "bananas", .id(id(1)))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the primary key need not be a UUID`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [("cluster_ca", ["pk": true, "cert": "PEM"])])
        #expect(try await store.row(of: "cluster_ca", .id("true")) == ["pk": true, "cert": "PEM"])
        #expect(try await store.row(of: "cluster_ca", .id("false")) == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `a whole read has every row`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let rows: Rows = [
            ("services", service(1, "a")), ("routes", route(2, service: 1)), ("plugins", plugin(3, "x", route: 2)),
        ]
        let dataset = try await bed.store(kind, rows).loadAll()
        for (entity, row) in rows { #expect(dataset.row(of: entity, id: row["id"]?.string ?? "") == row) }
        #expect(dataset.revision == 1)
        #expect(dataset.children(of: id(2), in: "plugins", by: "route") == [plugin(3, "x", route: 2)])
    }

    @Test(arguments: StoreKind.allCases)
    func `an open store can be reached`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [])
        #expect(await store.reachable())
    }
}
