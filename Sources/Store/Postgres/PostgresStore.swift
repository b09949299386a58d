// `database = postgres`: Kong's tables, shared with other nodes, real Kong 1.1.2 nodes among them. Reads and writes go
// to the database through a pool; a thread of its own follows all changes and keeps a copy of the rows, from which the
// node goes on serving while the database is away.

import Schema

/// A store in a PostgreSQL database whose tables the migrations have made.
package final class PostgresStore: Store {
    let settings: PostgresSettings
    let tables: PostgresTables
    let pool: PostgresPool
    let feed: PostgresFeed
    private let writer: EventWriter
    private let keeper: DatasetKeeper?

    /// What the node gives a store beside the listener.
    package struct Options: Sendable {
        /// The node's UUID, as in cluster_events.
        package var nodeID: String
        /// Where to keep the last rows for a start without the database; nil for nowhere.
        package var datasetPath: String?
        /// Hears of targets whose health was set by hand on another node.
        package var health: @Sendable (TargetHealth) -> Void = { _ in }
        /// Hears what the log should have: that the database went away or came back.
        package var report: @Sendable (_ text: String) -> Void = { _ in }

        package init(nodeID: String = UUIDText.random()) {
            self.nodeID = nodeID
        }
    }

    /// Connects and loads all rows. While the database is away or silent the rows of the last run are served, if there
    /// are any.
    ///
    /// - Throws: `StoreError.unavailable` when the database is away and nothing was kept, `.broken` when it is of no
    ///   use: its tables are missing, or it knows neither user nor password.
    package static func open(
        _ settings: PostgresSettings, catalog: Catalog, options: Options, listener: @escaping ChangeListener
    ) async throws(StoreError) -> PostgresStore {
        let tables = PostgresTables(catalog)
        let file = options.datasetPath.map {
            DatasetFile(path: $0, identity: settings.identity, layouts: tables.layouts)
        }
        let keeper = file.map { DatasetKeeper($0, report: options.report) }
        let kept = try await offThread { () throws(StoreError) in file?.read() }
        let store = try PostgresStore(
            settings, tables, options, from: kept ?? Dataset(layouts: tables.layouts, revision: 0), keeper, listener)
        do {
            try await store.feed.open(canServe: kept != nil)
        } catch {
            throw StoreError(error, settings)
        }
        return store
    }

    private init(
        _ settings: PostgresSettings, _ tables: PostgresTables, _ options: Options, from dataset: Dataset,
        _ keeper: DatasetKeeper?, _ listener: @escaping ChangeListener
    ) throws(StoreError) {
        self.settings = settings
        self.tables = tables
        self.keeper = keeper
        pool = PostgresPool(settings)
        writer = EventWriter(nodeID: options.nodeID, propagation: settings.propagation)
        let hooks = PostgresFeed.Hooks(
            listener: listener, kept: { keeper?.keep($0) }, health: options.health, report: options.report)
        feed = try PostgresFeed(settings, tables, nodeID: options.nodeID, from: dataset, hooks)
    }

    deinit {
        close()
    }

    /// Ends the store's threads; what they are doing is done first.
    package func close() {
        feed.close()
        pool.close()
    }

    /// Writes the rows that are known to the disk now, if they are not there yet.
    package func keepRows() {
        keeper?.flush()
    }

    /// Whether the rows of an earlier run are in this file, whole and of this database.
    package static func hasKeptRows(at path: String, of settings: PostgresSettings) -> Bool {
        DatasetFile.isWhole(path, identity: settings.identity)
    }

    /// What calls of the database cost and meet.
    package var poolFigures: PoolFigures { pool.figures }

    /// Whether the database is away, and the rows that are known are all there is to go on with.
    package var isAway: Bool { feed.outage != nil }
}

// MARK: - Writes

extension PostgresStore {
    /// A transaction that loses a race is run again; more often than this is not bad luck.
    static let tries = 5

    package func apply(_ writes: [Write]) async throws(StoreError) -> Committed {
        try await commit(writes).told()
    }

    package func commit(_ writes: [Write]) async throws(StoreError) -> Pending {
        try requireDatabase()
        let tables = self.tables
        let writer = self.writer
        let made: Made
        do {
            made = try await pool.run(canRepeat: false) { connection in
                try Self.commit(writes, tables, writer, connection)
            }
        } catch {
            throw StoreError(error, settings)
        }
        return Pending(results: made.results) { [feed] in
            // What was committed may be active only together with what others committed before it: the feed sees to
            // that.
            let revision = made.effects.isEmpty ? feed.dataset.revision : await feed.caughtUp(with: made.eventID)
            return Committed(revision: revision, effects: made.effects, results: made.results)
        }
    }

    /// What a transaction did.
    struct Made: Sendable {
        let effects: [Effect]
        let results: [Row?]
        /// One of the rows of cluster_events that announce it.
        let eventID: String?
    }

    @discardableResult
    static func commit(
        _ writes: [Write], _ tables: PostgresTables, _ writer: EventWriter, _ connection: PostgresConnection
    ) throws -> Made {
        var rest = tries
        while true {
            rest -= 1
            do {
                return try commitOnce(writes, tables, writer, connection)
            } catch let race as LostRace {
                if rest == 0 { throw race.violation }
            } catch let error as PostgresError {
                guard error.isTransient, rest > 0, !connection.isBroken else { throw error }
            }
        }
    }

    private static func commitOnce(
        _ writes: [Write], _ tables: PostgresTables, _ writer: EventWriter, _ connection: PostgresConnection
    ) throws -> Made {
        connection.begin()
        var transaction = PostgresTransaction(connection, tables)
        var eventID: String?
        do {
            try transaction.run(writes)
            if transaction.effects.isEmpty {
                connection.rollBack()
            } else {
                eventID = try writer.commit(transaction.events, on: connection)
            }
        } catch {
            connection.rollBack()
            throw error
        }
        return Made(effects: transaction.effects, results: transaction.results, eventID: eventID)
    }

    /// Tells the other nodes of a target's health; nothing is stored.
    package func announce(_ health: TargetHealth) async throws(StoreError) {
        try requireDatabase()
        guard let message = health.message(feed.dataset) else { return }
        let writer = self.writer
        do {
            try await pool.run(canRepeat: false) { connection in
                var events = ClusterEvents()
                events.add(ClusterEvent(channel: .health, data: message))
                connection.begin()
                try writer.commit(events, on: connection)
            }
        } catch {
            throw StoreError(error, settings)
        }
    }

    /// While the feed has no connection there is none to be had, and nobody need wait to hear that.
    func requireDatabase() throws(StoreError) {
        if let outage = feed.outage { throw .unavailable("[PostgreSQL error] \(outage.message)") }
    }
}
