// The change feed: what the listener hears, when, and that a data set can be kept current from it.

import Schema
import Store
import Testing

struct FeedTests {
    @Test
    func `the listener has heard of a write when it returns`() async throws {
        let bed = try Testbed()
        let store = try await bed.sqlite()
        let committed = try await store.apply([.insert("services", service(1))])
        #expect(bed.committed.map(\.revision) == [committed.revision])
    }

    @Test
    func `revisions rise in the order of the commits`() async throws {
        let bed = try Testbed()
        let store = try await bed.sqlite()
        try await withThrowingTaskGroup { group in
            for number in 1...50 {
                group.addTask { _ = try await store.apply([.insert("services", service(number))]) }
            }
            try await group.waitForAll()
        }
        #expect(bed.committed.map(\.revision) == Array(1...50))
    }

    @Test
    func `a data set kept by the feed is the one that is read`() async throws {
        let bed = try Testbed()
        let store = try await bed.sqlite()
        var dataset = try await store.loadAll()
        let steps: [[Write]] = [
            [.insert("services", service(1, "a")), .insert("services", service(2, "b"))],
            [.insert("routes", route(3, service: 1)), .insert("plugins", plugin(4, "x", route: 3))],
            [.update("routes", .id(id(3)), changes: ["service": ref(2)])],
            [.delete("services", .id(id(1)))],
            [.delete("routes", .id(id(3)))],
        ]
        for step in steps {
            let committed = try await store.apply(step)
            dataset = dataset.applying(committed).applying(committed)
            let read = try await store.loadAll()
            #expect(dataset.revision == read.revision)
            for entity in ["services", "routes", "plugins"] {
                #expect(Set(dataset.rows(of: entity)) == Set(read.rows(of: entity)))
            }
            for parent in [1, 2] {
                let children = read.children(of: id(parent), in: "routes", by: "service")
                #expect(dataset.children(of: id(parent), in: "routes", by: "service") == children)
            }
        }
        #expect(dataset.count(of: "plugins") == 0)
    }

    @Test
    func `an old data set is not touched by a new one`() {
        let old = Dataset(
            catalog: Testbed.catalog, rows: [("services", service(1, "a")), ("routes", route(2, service: 1))])
        let effect = Effect(.delete, "routes", id: id(2), old: route(2, service: 1), new: nil)
        let new = old.applying(Committed(revision: 1, effects: [effect], results: []))
        #expect(old.children(of: id(1), in: "routes", by: "service").count == 1)
        #expect(new.children(of: id(1), in: "routes", by: "service").isEmpty)
        #expect(old.count(of: "routes") == 1)
    }

    @Test
    func `what another process wrote is heard without waiting for the next poll`() async throws {
        let bed = try Testbed()
        let store = try await bed.sqlite()
        let neighbour = try await SQLiteStore.open(path: bed.path, catalog: Testbed.catalog) { _ in }
        for number in 1...3 {
            _ = try await neighbour.apply([.insert("services", service(number))])
            for _ in 0..<1000 where bed.changes.count < number { try await Task.sleep(for: .milliseconds(10)) }
            guard case .replaced(let dataset) = bed.changes.last else { continue }
            #expect(dataset.count(of: "services") == number)
        }
        #expect(bed.changes.count == 3)
        #expect(await store.reachable())
    }

    @Test
    func `what another process wrote is heard as a whole`() async throws {
        let bed = try Testbed()
        let store = try await bed.sqlite()
        let other = try Testbed()
        let neighbour = try await SQLiteStore.open(path: bed.path, catalog: Testbed.catalog) { _ in }
        _ = try await neighbour.apply([.insert("services", service(1, "a"))])
        await store.noticeOtherWriters()
        await store.noticeOtherWriters()
        guard case .replaced(let dataset) = bed.changes.first else {
            Issue.record("nothing was heard")
            return
        }
        #expect(bed.changes.count == 1)
        #expect(dataset.row(of: "services", id: id(1)) == service(1, "a"))
        #expect(other.changes.isEmpty)
        #expect(try await store.apply([.insert("services", service(2))]).revision == dataset.revision + 1)
    }

    @Test
    func `a declarative load replaces everything`() async throws {
        let bed = try Testbed()
        let store = bed.memory()
        store.replaceAll(with: Dataset(catalog: Testbed.catalog, rows: [("services", service(1))]))
        #expect(try await store.page(PageQuery(entity: "services")).ids == [id(1)])
        store.replaceAll(with: Dataset(catalog: Testbed.catalog, rows: [("services", service(2))]))
        #expect(try await store.page(PageQuery(entity: "services")).ids == [id(2)])
        #expect(bed.changes.map(\.revision) == [1, 2])
    }

    @Test
    func `a node without a database takes no writes`() async throws {
        let store = try Testbed().memory()
        let cases: [(Write, String)] = [
            (.insert("routes", route(1)), "cannot create 'routes' entities when not using a database"),
            (
                .update("services", .field("name", "a"), changes: [:]),
                "cannot update 'services' entities by 'name' when not using a database"
            ),
            (
                .upsert("routes", .id(id(1)), [:]),
                "cannot create or update 'routes' entities when not using a database"
            ),
            (.delete("routes", .id(id(1))), "cannot remove 'routes' entities when not using a database"),
        ]
        for (write, message) in cases {
            let error = await #expect(throws: StoreError.self) { try await store.apply([write]) }
            #expect(error.map(EntityError.init)?.message == message)
            #expect(error.map(EntityError.init)?.status == 405)
        }
    }
}
