// A database of its own for a test, as the migrations make it, and nodes on it.

import Foundation
import Schema
import Store
import Synchronization

/// A fresh database on a server.
final class PostgresBed: Sendable {
    let server: PostgresServer
    let settings: PostgresSettings

    /// - Parameter server: nil for the shared one.
    init(_ server: PostgresServer? = nil, timeout: Duration = .seconds(5)) throws {
        let server = try server ?? PostgresServer.shared.get()
        var settings = PostgresSettings()
        settings.port = server.port
        settings.user = "postgres"
        settings.database = "test_" + UUID().uuidString.replacing("-", with: "").lowercased()
        settings.timeout = timeout
        settings.pollInterval = .milliseconds(300)
        try server.sql("CREATE DATABASE \(settings.database)")
        self.server = server
        self.settings = settings
        let schema = try PostgresSchema(settings)
        try schema.createMetaTables()
        for (subsystem, migrations) in try schema.state(MigrationSubsystem.all).all {
            for migration in migrations {
                try schema.up(migration, of: subsystem)
                if migration.hasTeardown { try schema.tearDown(migration, of: subsystem) }
            }
        }
    }

    @discardableResult
    func sql(_ statement: String) throws -> [String] {
        try server.sql(statement, in: settings.database)
    }

    func node(datasetPath: String? = nil) async throws -> PostgresNode {
        try await PostgresNode(settings, datasetPath)
    }

    /// What has been announced since the last call, "channel data".
    func takeEvents() throws -> [String] {
        defer { _ = try? sql("DELETE FROM cluster_events") }
        return try sql("SELECT channel || ' ' || data FROM cluster_events ORDER BY at, ctid")
    }
}

/// A store with a copy of its rows, kept by the change feed as the compiler keeps its own.
final class PostgresNode: Sendable {
    let store: PostgresStore
    private let heard: Heard

    private final class Heard: Sendable {
        let dataset = Mutex<Dataset>(Dataset(catalog: Kong.catalog))
        let changes = Mutex<[Change]>([])
        let health = Mutex<[TargetHealth]>([])
    }

    init(_ settings: PostgresSettings, _ datasetPath: String?) async throws {
        let heard = Heard()
        var options = PostgresStore.Options()
        options.datasetPath = datasetPath
        options.health = { health in heard.health.withLock { $0.append(health) } }
        store = try await PostgresStore.open(settings, catalog: Kong.catalog, options: options) { change in
            heard.changes.withLock { $0.append(change) }
            heard.dataset.withLock { dataset in
                switch change {
                case .committed(let committed): dataset = dataset.applying(committed)
                case .replaced(let next): dataset = next
                }
            }
        }
        self.heard = heard
        // What is stored already is told as one change, or is in the file of the last run.
        let loaded = try await store.loadAll()
        heard.dataset.withLock { if $0.revision < loaded.revision || $0.revision == 0 { $0 = loaded } }
    }

    deinit {
        store.close()
    }

    var dataset: Dataset { heard.dataset.withLock { $0 } }
    var health: [TargetHealth] { heard.health.withLock { $0 } }
    var changes: [Change] { heard.changes.withLock { $0 } }

    @discardableResult
    func apply(_ writes: Write...) async throws -> Committed { try await store.apply(writes) }

    /// Whether the copy comes to be so within a time.
    func comes(within limit: Duration, _ isSo: (Dataset) -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while !isSo(dataset) {
            guard .now < end else { return false }
            try await Task.sleep(for: .milliseconds(2))
        }
        return true
    }
}

extension Dataset {
    /// All rows, to compare.
    var everything: [String: [String: Row]] {
        var all: [String: [String: Row]] = [:]
        for entity in Kong.catalog.entities {
            for row in rows(of: entity.name) { all[entity.name, default: [:]][row["id"]?.string ?? ""] = row }
        }
        return all
    }
}
