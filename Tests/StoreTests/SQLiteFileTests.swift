// The file of the SQLite store: who may read it, that it is kept, what happens when it is unusable, and how its
// tables grow.

import Foundation
import GRDB
import Schema
import Store
import Testing

struct SQLiteFileTests {
    let bed: Testbed

    init() throws {
        bed = try Testbed()
    }

    @Test
    func `the file and its log are for their owner only`() async throws {
        #expect(FileManager.default.createFile(atPath: bed.path, contents: nil, attributes: [.posixPermissions: 0o644]))
        let store = try await bed.sqlite()
        _ = try await store.apply([.insert("services", service(1))])
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: bed.path + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test
    func `rows are there after a reopening`() async throws {
        _ = try await bed.sqlite().apply([.insert("services", service(1, "a", tags: ["t"]))])
        let store = try await bed.sqlite()
        #expect(try await store.row(of: "services", .id(id(1))) == service(1, "a", tags: ["t"]))
    }

    @Test
    func `a file that is no database is refused by its path`() async throws {
        try Data(repeating: 7, count: 8192).write(to: URL(filePath: bed.path))
        let error = await #expect(throws: StoreError.self) { try await bed.sqlite() }
        #expect(error?.description.contains(bed.path) == true)
        #expect(error?.description.contains("not a database") == true)
    }

    @Test
    func `a folder that is not there is told by the path`() async throws {
        let path = bed.folder.appending(path: "none/kong.db").path
        await #expect(throws: StoreError.broken(path: path, reason: "No such file or directory")) {
            try await SQLiteStore.open(path: path, catalog: Testbed.catalog) { _ in }
        }
    }

    @Test
    func `a folder in the place of the file is left as it is`() async throws {
        try FileManager.default.createDirectory(atPath: bed.path, withIntermediateDirectories: false)
        await #expect(throws: StoreError.broken(path: bed.path, reason: "not a regular file")) {
            try await bed.sqlite()
        }
        let mode = try FileManager.default.attributesOfItem(atPath: bed.path)[.posixPermissions] as? Int
        #expect(mode != 0o600)
    }

    @Test
    func `a damaged table is told when it is read`() async throws {
        do {
            let store = try await bed.sqlite()
            _ = try await store.apply((1...2000).map { .insert("services", service($0, "s\($0)")) })
        }
        // The rows are in the file itself once the connections of the store are closed, which others do.
        for _ in 0..<2000 where FileManager.default.fileExists(atPath: bed.path + "-wal") {
            try await Task.sleep(for: .milliseconds(5))
        }
        let handle = try FileHandle(forUpdating: URL(filePath: bed.path))
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: 65_536)
        try handle.write(contentsOf: Data(repeating: 0x5A, count: Int(size) - 65_536))
        try handle.close()
        let path = bed.path
        let error = await #expect(throws: StoreError.self) { try await bed.sqlite().loadAll() }
        guard case .broken(path, _) = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
    }

    @Test
    func `a file that was removed under the store takes no more writes`() async throws {
        let store = try await bed.sqlite()
        try FileManager.default.removeItem(atPath: bed.path)
        #expect(await store.reachable() == false)
        let error = await #expect(throws: StoreError.self) { try await store.apply([.insert("services", service(1))]) }
        #expect(error?.description.contains("removed or replaced") == true)
    }

    @Test
    func `new fields become columns, and older rows get their defaults`() async throws {
        _ = try await bed.sqlite().apply([.insert("services", service(1, "a")), .insert("services", service(2, "b"))])
        let catalog = Catalog(core: [GrownService.entitySchema], plugins: [])
        let store = try await bed.sqlite(catalog: catalog)
        let row = try await store.row(of: "services", .id(id(1)))
        #expect(
            row == ["id": .string(id(1)), "name": "a", "port": 80, "alias": .null, "retries": 5, "greeting": "it's"])
        _ = try await store.apply([.update("services", .id(id(1)), changes: ["alias": "z"])])
        await #expect(throws: StoreError.uniqueViolation(entity: "services", fields: ["alias": "z"])) {
            try await store.apply([.update("services", .id(id(2)), changes: ["alias": "z"])])
        }
        let older = try await bed.sqlite()
        #expect(try await older.row(of: "services", .id(id(1))) == service(1, "a"))
    }

    @Test
    func `each step of the tables' growth is on record`() async throws {
        _ = try await bed.sqlite()
        _ = try await bed.sqlite(catalog: Catalog(core: [GrownService.entitySchema], plugins: []))
        let queue = try DatabaseQueue(path: bed.path)
        let executed = try await queue.read { db in
            try String.fetchOne(db, sql: "SELECT executed FROM schema_meta WHERE subsystem = 'services'")
        }
        let expected: JSON = ["000_base_services", "001_add_alias", "002_add_retries", "003_add_greeting"]
        #expect(try executed.map { try JSON(parsing: $0) } == expected)
    }
}
