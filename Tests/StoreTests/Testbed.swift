// Opens stores for tests and makes rows for them.

import Foundation
import Schema
import Store
import Synchronization
import Testing

enum StoreKind: CaseIterable {
    case sqlite, memory
}

typealias Rows = [(entity: String, row: Row)]

/// A folder of its own that goes with the test, and what the listener heard.
final class Testbed: Sendable {
    let folder: URL
    private let heard = Mutex<[Change]>([])

    static let catalog = Catalog(
        core: [
            Plugin.entitySchema, Route.entitySchema, Service.entitySchema, Note.entitySchema, Token.entitySchema,
            Authority.entitySchema,
        ], plugins: [])

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var path: String { folder.appending(path: "kong.db").path }

    var changes: [Change] { heard.withLock { $0 } }

    /// What the transactions did, of all that were heard.
    var committed: [Committed] {
        changes.compactMap { if case .committed(let committed) = $0 { committed } else { nil } }
    }

    /// The file is looked at for other writers only when a test asks for it.
    func sqlite(catalog: Catalog = Testbed.catalog) async throws(StoreError) -> SQLiteStore {
        try await SQLiteStore.open(path: path, catalog: catalog, pollInterval: .seconds(3600), listener: listen)
    }

    func memory() -> MemoryStore {
        MemoryStore(catalog: Testbed.catalog, listener: listen)
    }

    /// A store of either kind with these rows in it.
    func store(_ kind: StoreKind, _ rows: Rows) async throws -> any Store {
        switch kind {
        case .sqlite:
            let store = try await sqlite()
            _ = try await store.apply(rows.map { .insert($0.entity, $0.row) })
            return store
        case .memory:
            let store = memory()
            store.replaceAll(with: Dataset(catalog: Testbed.catalog, rows: rows))
            return store
        }
    }

    private var listen: ChangeListener {
        { change in self.heard.withLock { $0.append(change) } }
    }
}

/// The n-th id; ids rise with n.
func id(_ number: Int) -> String {
    let digits = String(number)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
}

func ref(_ number: Int) -> JSON {
    ["id": .string(id(number))]
}

func service(_ number: Int, _ name: String? = nil, tags: [String]? = nil) -> Row {
    [
        "id": .string(id(number)), "name": name.map { .string($0) } ?? .null, "port": 80,
        "tags": tags.map { .array($0.map { .string($0) }) } ?? .null,
    ]
}

func route(_ number: Int, service: Int? = nil) -> Row {
    [
        "id": .string(id(number)), "paths": ["/a"], "strip_path": true, "created_at": 1.5,
        "service": service.map(ref) ?? .null, "tags": .null,
    ]
}

func plugin(_ number: Int, _ name: String, route: Int? = nil, service: Int? = nil) -> Row {
    [
        "id": .string(id(number)), "name": .string(name), "route": route.map(ref) ?? .null,
        "service": service.map(ref) ?? .null, "config": ["minute": 5, "limits": .null],
    ]
}

extension Page {
    var ids: [String] { rows.compactMap { $0["id"]?.string } }
}
