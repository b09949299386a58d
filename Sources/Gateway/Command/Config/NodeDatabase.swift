// The database of a node as a command uses it: read or written once, beside the nodes that run.

import Schema
import Store

/// A node's database, open.
enum NodeDatabase {
    case postgres(PostgresSession)
    case sqlite(SQLiteStore)

    /// Seconds that a statement of a command may take: an import is larger than what the Admin API writes.
    private static let statementSeconds = 60.0

    init(_ settings: Settings, _ catalog: Catalog) throws(CommandFault) {
        switch settings.database {
        case .postgres:
            do throws(PostgresError) {
                let session = try PostgresSession(
                    settings.postgres(timeout: Self.statementSeconds), patience: settings.postgres().timeout,
                    catalog: catalog)
                self = .postgres(session)
            } catch {
                throw CommandFault("[PostgreSQL error] \(error.message)")
            }
        case .sqlite:
            let path = settings.sqlitePath
            let store = try Self.reporting { () throws(StoreError) in
                try Self.wait { try await SQLiteStore.open(path: path, catalog: catalog, listener: { _ in }) }
            }
            self = .sqlite(store)
        case .off: throw CommandFault("there is no database")
        case .cassandra: throw CommandFault("Cassandra is not supported; set database = postgres, sqlite or off")
        }
    }

    /// Every row, as of one instant.
    func loadAll() throws(StoreError) -> Dataset {
        switch self {
        case .postgres(let session): try session.loadAll()
        case .sqlite(let store): try Self.wait { try await store.loadAll() }
        }
    }

    /// Carries out all writes in one transaction, or none of them.
    func apply(_ writes: [Write]) throws(StoreError) {
        switch self {
        case .postgres(let session): try session.apply(writes)
        case .sqlite(let store): _ = try Self.wait { try await store.apply(writes) }
        }
    }

    /// An error as Kong's command tells it.
    func text(of error: StoreError) -> String {
        let name = if case .postgres = self { "postgres" } else { "sqlite" }
        return switch error {
        case .broken(_, let reason): "[\(name)] \(reason)"
        case .unavailable(let reason): reason
        default: "[\(name)] \(EntityError(error).message)"
        }
    }

    private static func reporting<Value>(_ work: () throws(StoreError) -> Value) throws(CommandFault) -> Value {
        do {
            return try work()
        } catch {
            throw CommandFault(error.description)
        }
    }

    private static func wait<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws(StoreError) -> Value {
        do {
            return try Blocking.run(work)
        } catch {
            throw error as? StoreError ?? .unknown("\(error)")
        }
    }
}
