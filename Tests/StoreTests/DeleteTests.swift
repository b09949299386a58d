// What a delete takes along, frees or is stopped by.

import Schema
import Store
import Testing

struct DeleteTests {
    let bed: Testbed
    let store: SQLiteStore

    init() async throws {
        bed = try Testbed()
        store = try await bed.sqlite()
    }

    @Test
    func `a delete of a row that is not there does nothing`() async throws {
        let committed = try await store.apply([
            .delete("services", .id(id(1))), .delete("services", .field("name", "x")),
        ])
        #expect(committed.effects.isEmpty)
        #expect(committed.results == [nil, nil])
        #expect(bed.changes.isEmpty)
    }

    @Test
    func `a row that others refer to stays`() async throws {
        _ = try await store.apply([
            .insert("services", service(1)), .insert("routes", route(2, service: 1)),
            .insert("plugins", plugin(3, "x", service: 1)),
        ])
        let error = StoreError.restricted(entity: "services", referencedBy: "routes")
        await #expect(throws: error) { try await store.apply([.delete("services", .id(id(1)))]) }
        #expect(EntityError(error).message == "an existing 'routes' entity references this 'services' entity")
        #expect(EntityError(error).fields == ["@referenced_by": "routes"])
        #expect(try await store.row(of: "plugins", .id(id(3))) != nil)
    }

    @Test
    func `children go before their parents, and those that may stay lose their reference`() async throws {
        _ = try await store.apply([
            .insert("services", service(1, tags: ["t"])), .insert("plugins", plugin(3, "x", service: 1)),
            .insert("notes", ["id": .string(id(4)), "service": ref(1)]),
        ])
        let committed = try await store.apply([.delete("services", .id(id(1)))])
        #expect(committed.effects.last?.entity == "services")
        #expect(committed.effects.last?.causedBy == nil)
        let plugins = committed.effects.filter { $0.entity == "plugins" }
        #expect(plugins.map(\.operation) == [.delete])
        #expect(plugins.first?.old == plugin(3, "x", service: 1))
        #expect(plugins.first?.causedBy == "services")
        let notes = committed.effects.filter { $0.entity == "notes" }
        #expect(notes.map(\.operation) == [.update])
        #expect(notes.first?.new?["service"] == .null)
        #expect(try await store.row(of: "notes", .id(id(4)))?["service"] == .null)
        #expect(try await store.tags(named: nil, size: 1, offset: nil).entries.isEmpty)
    }

    @Test
    func `a parent can go together with what holds it`() async throws {
        _ = try await store.apply([
            .insert("services", service(1)), .insert("routes", route(2, service: 1)),
            .insert("plugins", plugin(3, "x", route: 2, service: 1)),
        ])
        let committed = try await store.apply([.delete("routes", .id(id(2))), .delete("services", .id(id(1)))])
        #expect(committed.effects.map(\.entity) == ["plugins", "routes", "services"])
    }
}
