// `database = sqlite`: the embedded default of a single node. One file, one writer, readers that never wait for it.
// A write that was acknowledged is on the disk: the write-ahead log is synced at every commit.

import GRDB
import Schema
import Synchronization

/// A store in one SQLite file, which other processes may open beside it (`kong config db_import`).
package final class SQLiteStore: Store {
    let layouts: Layouts
    let pool: DatabasePool
    let file: DatabaseFile
    private let listener: ChangeListener
    private let position: Mutex<Position>
    private let watchers = Mutex<[Task<Void, Never>]>([])

    private struct Position {
        var revision: UInt64 = 0
        /// SQLite's count of the commits that others made, as this connection last saw it.
        var dataVersion: Int
    }

    /// Opens or creates the file (mode 0600, its folder must exist) and brings its tables up to the catalogue.
    ///
    /// - Parameters:
    ///   - path: the file; `-wal` and `-shm` come beside it.
    ///   - pollInterval: how often to look for what other processes wrote.
    /// - Throws: `StoreError.broken` naming the path when the file is no usable database.
    package static func open(
        path: String, catalog: Catalog, pollInterval: Duration = .seconds(5), listener: @escaping ChangeListener
    ) async throws(StoreError) -> SQLiteStore {
        let store = try await offThread { () throws(StoreError) in
            try SQLiteStore(path: path, catalog: catalog, listener: listener)
        }
        store.watch(every: pollInterval)
        return store
    }

    private init(path: String, catalog: Catalog, listener: @escaping ChangeListener) throws(StoreError) {
        self.listener = listener
        let layouts = Layouts(catalog)
        self.layouts = layouts
        file = try DatabaseFile(creating: path)
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            let version = try pool.writeWithoutTransaction { db in
                // After GRDB's own set-up of the log, which relaxes this to NORMAL.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // KiB: bulk writes into the indexes of 100,000 rows outgrow the default of 2 MB.
                try db.execute(sql: "PRAGMA cache_size = -16384")
                try db.inTransaction(.immediate) {
                    try Migration(layouts: layouts).run(db)
                    return .commit
                }
                return try Self.dataVersion(db)
            }
            position = Mutex(Position(dataVersion: version))
        } catch {
            throw StoreError(opening: path, error)
        }
    }

    deinit {
        watchers.withLock { $0.forEach { $0.cancel() } }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // A bulk load leaves a long log behind; give its space back at the next checkpoint.
            try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
        }
        return configuration
    }

    package func apply(_ writes: [Write]) async throws(StoreError) -> Committed {
        do {
            return try await pool.writeWithoutTransaction { db in try self.commit(writes, db) }
        } catch {
            throw StoreError(using: file.path, error)
        }
    }

    /// Runs on the writer's queue, so revisions rise in the order of the commits and the listener hears them so.
    private func commit(_ writes: [Write], _ db: Database) throws -> Committed {
        try file.verify()
        var transaction = WriteTransaction(db: db, layouts: layouts)
        try db.inTransaction(.immediate) {
            for write in writes { try transaction.run(write) }
            return .commit
        }
        guard !transaction.effects.isEmpty else {
            return Committed(revision: revision, effects: [], results: transaction.results)
        }
        let committed = Committed(
            revision: nextRevision(), effects: transaction.effects, results: transaction.results)
        listener(.committed(committed))
        return committed
    }
}

// MARK: - Revisions and other processes

extension SQLiteStore {
    var revision: UInt64 {
        position.withLock { $0.revision }
    }

    private func nextRevision() -> UInt64 {
        position.withLock { position in
            position.revision += 1
            return position.revision
        }
    }

    /// How long a burst of writes is waited out, so that many small ones cost one look.
    private static let burst = Duration.milliseconds(20)

    private func watch(every interval: Duration) {
        let poll = Task(priority: .medium) { [weak self] in
            while (try? await Task.sleep(for: interval)) != nil {
                guard let self else { return }
                await self.noticeOtherWriters()
            }
        }
        let path = file.path + "-wal"
        let watch = Task(priority: .medium) { [weak self] in
            guard let log = LogWatch(path: path) else { return }
            defer { log.close() }
            // What was written before the watch stood.
            await self?.noticeOtherWriters()
            for await _ in log.changes {
                guard (try? await Task.sleep(for: Self.burst)) != nil, let self else { return }
                await self.noticeOtherWriters()
            }
        }
        watchers.withLock { $0 = [poll, watch] }
    }

    /// Reads everything anew when another process has committed; the listener hears `.replaced`. Fails silently: a
    /// database that does not answer now is asked again at the next turn.
    package func noticeOtherWriters() async {
        try? await pool.writeWithoutTransaction { db in
            let version = try Self.dataVersion(db)
            guard version != self.position.withLock({ $0.dataVersion }) else { return }
            var dataset: Dataset?
            try db.inTransaction(.deferred) {
                dataset = try self.readAll(db, revision: self.revision + 1)
                return .commit
            }
            guard let dataset else { return }
            self.position.withLock { $0 = Position(revision: dataset.revision, dataVersion: version) }
            self.listener(.replaced(dataset))
        }
    }

    private static func dataVersion(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0
    }
}
