// One connection to Kong's tables for a command that reads or writes once and ends. It follows no changes and keeps no
// copy of the rows, but nodes hear of what it writes as they hear of each other's changes.

import Schema

/// A command's use of the database.
package final class PostgresSession {
    private let connection: PostgresConnection
    private let settings: PostgresSettings
    private let tables: PostgresTables
    private let writer: EventWriter

    /// Connects. The first thing that Kong asks is the server's version, and its errors say so.
    ///
    /// - Parameter patience: how long until the server's host must have answered at all.
    package init(_ settings: PostgresSettings, patience: Duration, catalog: Catalog) throws(PostgresError) {
        do {
            connection = try PostgresConnection(settings, patience: patience)
        } catch {
            throw PostgresError(error.cause, "failed to retrieve server_version_num: \(error.message)")
        }
        self.settings = settings
        tables = PostgresTables(catalog)
        writer = EventWriter(nodeID: UUIDText.random(), propagation: settings.propagation)
    }

    /// Every row that has not expired, as of one instant.
    package func loadAll() throws(StoreError) -> Dataset {
        do {
            return try connection.snapshot("SELECT 1") { _ in
                var dataset = Dataset(layouts: tables.layouts, revision: 0)
                for table in tables.all {
                    for row in try connection.allRows(table) where !table.hasExpired(row) {
                        dataset.insert(row, into: table.layout.entity)
                    }
                }
                return dataset
            }
        } catch {
            throw StoreError(error, settings)
        }
    }

    /// Carries out all writes in one transaction, or none of them.
    package func apply(_ writes: [Write]) throws(StoreError) {
        do {
            try requireTables(writes)
            try PostgresStore.commit(writes, tables, writer, connection)
        } catch {
            throw StoreError(error, settings)
        }
    }

    /// Fails where a table is missing: the server then names it and the place that it has in Kong's first statement.
    private func requireTables(_ writes: [Write]) throws {
        var seen: Set<String> = []
        for write in writes where seen.insert(write.entity).inserted {
            let table = try tables.table(of: write.entity).table
            try connection.execute("INSERT INTO \(table) SELECT * FROM \(table) WHERE false")
        }
    }
}
