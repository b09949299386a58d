// A node for tests of the Admin API: a real SQLite store in a folder of its own, or memory for
// `database = off`, with the plugins that are built in.

import ControlPlane
import Entities
import Foundation
import Plugins
import Schema
import Store
import Synchronization

final class TestNode: Sendable {
    struct Answer {
        let status: Int
        let headers: [AdminHeader]
        let text: String

        var json: JSON { (try? JSON(parsing: text)) ?? .null }

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    static let catalog = Catalog(core: CoreEntities.all, plugins: Builtins.declarations)
    static let context = ValidationContext(catalog: catalog)

    let api: AdminAPI
    let publishedRevisions: @Sendable () -> [UInt64]
    private let folder: String?

    /// A node with a database.
    init() async throws {
        let folder = NSTemporaryDirectory() + "admin-api-" + UUIDText.random()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.folder = folder
        let store = try await SQLiteStore.open(path: folder + "/db", catalog: Self.catalog, listener: { _ in })
        let log = RevisionLog()
        publishedRevisions = { log.revisions }
        api = AdminAPI(
            catalog: Self.catalog, store: store, node: Self.node(isDatabaseLess: false), context: Self.context,
            published: { log.add($0.revision) })
    }

    /// A node without a database.
    init(withoutDatabase _: Void) {
        folder = nil
        publishedRevisions = { [] }
        let store = MemoryStore(catalog: Self.catalog, listener: { _ in })
        api = AdminAPI(
            catalog: Self.catalog, store: store, node: Self.node(isDatabaseLess: true), context: Self.context,
            published: { _ in }, load: { store.replaceAll(with: $0) })
    }

    deinit {
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }

    private static func node(isDatabaseLess: Bool) -> NodeInformation {
        NodeInformation(
            hostname: "test", nodeID: "00000000-0000-4000-8000-000000000000", processID: 1, configuration: [:],
            isDatabaseLess: isDatabaseLess, counters: { ConnectionCounters() })
    }

    @discardableResult
    func send(_ method: String, _ target: String, _ body: JSON? = nil) async -> Answer {
        let headers = body == nil ? [] : [AdminHeader("Content-Type", "application/json")]
        return await send(AdminRequest(method: method, target: target, headers: headers, body: body?.bytes ?? []))
    }

    @discardableResult
    func send(_ method: String, _ target: String, form: String) async -> Answer {
        await send(method, target, type: "application/x-www-form-urlencoded", body: form)
    }

    func send(_ method: String, _ target: String, type: String, body: String) async -> Answer {
        await send(
            AdminRequest(
                method: method, target: target, headers: [AdminHeader("content-type", type)], body: Array(body.utf8)))
    }

    func send(_ request: AdminRequest) async -> Answer {
        let response = await api.respond(to: request)
        return Answer(
            status: response.status, headers: response.headers, text: String(decoding: response.body, as: UTF8.self))
    }
}

/// What was put in force, in order.
private final class RevisionLog: Sendable {
    private let list = Mutex<[UInt64]>([])

    var revisions: [UInt64] { list.withLock { $0 } }

    func add(_ revision: UInt64) {
        list.withLock { $0.append(revision) }
    }
}
