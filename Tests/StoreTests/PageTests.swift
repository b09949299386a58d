// Lists in pages and their filters; both kinds of store answer alike, but for the texts of bad offsets.

import Schema
import Store
import Testing

struct PageTests {
    @Test(arguments: StoreKind.allCases)
    func `pages go up by id`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [4, 2, 5, 1, 3].map { ("services", service($0)) })
        let first = try await store.page(PageQuery(entity: "services", size: 2))
        #expect(first.ids == [id(1), id(2)])
        let second = try await store.page(PageQuery(entity: "services", size: 2, offset: first.offset))
        #expect(second.ids == [id(3), id(4)])
        let third = try await store.page(PageQuery(entity: "services", size: 2, offset: second.offset))
        #expect(third.ids == [id(5)])
        #expect(third.offset == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `a last page that is full has no offset`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [1, 2].map { ("services", service($0)) })
        let page = try await store.page(PageQuery(entity: "services", size: 2))
        #expect(page.rows.count == 2)
        #expect(page.offset == nil)
    }

    @Test
    func `an offset whose row has gone still stands for its place`() async throws {
        let bed = try Testbed()
        let store = try await bed.store(.sqlite, [1, 2, 3].map { ("services", service($0)) })
        let offset = try await store.page(PageQuery(entity: "services", size: 1)).offset
        _ = try await store.apply([.delete("services", .id(id(1))), .delete("services", .id(id(2)))])
        #expect(try await store.page(PageQuery(entity: "services", size: 1, offset: offset)).ids == [id(3)])
        _ = try await store.apply([.delete("services", .id(id(3)))])
        #expect(try await store.page(PageQuery(entity: "services", size: 1, offset: offset)).ids == [])
    }

    @Test(arguments: StoreKind.allCases)
    func `a page can be limited to the children of a row`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(
            kind,
            [("services", service(1)), ("services", service(2))]
                + (3...8).map { ("routes", route($0, service: $0 % 2 + 1)) })
        let parent = ParentFilter(field: "service", id: id(1).uppercased())
        let page = try await store.page(PageQuery(entity: "routes", size: 2, parent: parent))
        #expect(page.ids == [id(4), id(6)])
        let next = try await store.page(PageQuery(entity: "routes", size: 2, offset: page.offset, parent: parent))
        #expect(next.ids == [id(8)])
        #expect(try await store.children(of: parent, in: "routes").count == 3)
    }

    @Test(arguments: StoreKind.allCases)
    func `a page can be limited to tags, all or any of them`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(
            kind,
            [
                ("services", service(1, tags: ["a", "b"])), ("services", service(2, tags: ["b"])),
                ("services", service(3, tags: ["c", "a", "b"])), ("services", service(4)),
                ("routes", ["id": .string(id(5)), "tags": ["a", "b"]]),
            ])
        func ids(_ tags: TagFilter) async throws -> [String] {
            try await store.page(PageQuery(entity: "services", tags: tags)).ids
        }
        #expect(try await ids(.all(["a", "b"])) == [id(1), id(3)])
        #expect(try await ids(.any(["a", "c"])) == [id(1), id(3)])
        #expect(try await ids(.any(["b"])) == [id(1), id(2), id(3)])
        #expect(try await ids(.all(["a", "A"])) == [])
        let page = try await store.page(PageQuery(entity: "services", size: 1, tags: .all(["a"])))
        let next = try await store.page(
            PageQuery(entity: "services", size: 1, offset: page.offset, tags: .all(["a"])))
        #expect(page.ids + next.ids == [id(1), id(3)])
        #expect(next.offset == nil)
    }

    @Test(arguments: [
        (StoreKind.sqlite, "x", "bad base64 encoding"), (.sqlite, "", "bad json encoding"),
        (.sqlite, "!!!!", "bad base64 encoding"), (.sqlite, "MTIz", "bad json encoding"),
        (.memory, "x", "bad base64 encoding"), (.memory, "", "invalid offset"), (.memory, "Zm9v", "invalid offset"),
    ])
    func `a bad offset is refused with Kong's words`(kind: StoreKind, offset: String, reason: String) async throws {
        let bed = try Testbed()
        let store = try await bed.store(kind, [])
        await #expect(throws: StoreError.invalidOffset(offset, reason: reason)) {
            try await store.page(PageQuery(entity: "services", offset: offset))
        }
        await #expect(throws: StoreError.invalidOffset(offset, reason: reason)) {
            try await store.tags(named: nil, size: 1, offset: offset)
        }
    }

    @Test
    func `the offset is unpadded base64 of a JSON list with the last id`() async throws {
        let bed = try Testbed()
        let store = try await bed.store(.sqlite, [1, 2].map { ("services", service($0)) })
        let page = try await store.page(PageQuery(entity: "services", size: 1))
        #expect(page.offset == "WyIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiXQ")
    }

    @Test(arguments: StoreKind.allCases)
    func `tags are listed by entity, one line for each`(kind: StoreKind) async throws {
        let bed = try Testbed()
        let store = try await bed.store(
            kind,
            [
                ("services", service(2, tags: ["t2", "t1"])), ("services", service(3)),
                ("routes", ["id": .string(id(1)), "tags": ["t1"]]),
            ])
        let all = try await store.tags(named: nil, size: 10, offset: nil)
        #expect(
            all.entries == [
                TagEntry(tag: "t1", entity: "routes", id: id(1)), TagEntry(tag: "t2", entity: "services", id: id(2)),
                TagEntry(tag: "t1", entity: "services", id: id(2)),
            ])
        #expect(all.offset == nil)
        let named = try await store.tags(named: "t1", size: 1, offset: nil)
        let next = try await store.tags(named: "t1", size: 1, offset: named.offset)
        #expect((named.entries + next.entries).map(\.id) == [id(1), id(2)])
        #expect(next.offset == nil)
        #expect(try await store.tags(named: "t9", size: 1, offset: nil).entries == [])
    }
}
