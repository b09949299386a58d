// The database as `kong migrations` sees it: its state, its lock and the running of steps. Commands wait for it, so
// nothing here is asynchronous; nodes never use it.

import Schema

/// A connection for the commands.
package final class PostgresSchema {
    private let connection: PostgresConnection
    /// Names this process in the table of locks.
    private let owner = UUIDText.random()
    /// The schema of the tables.
    package var name: String { connection.schema }

    /// Connects. The first thing that Kong asks is the server's version, and its errors say so.
    package init(_ settings: PostgresSettings) throws(PostgresError) {
        do {
            connection = try PostgresConnection(settings)
        } catch {
            throw PostgresError(error.cause, "failed to retrieve server_version_num: \(error.message)")
        }
    }

    package func state(_ subsystems: [MigrationSubsystem]) throws(PostgresError) -> SchemaState {
        guard try hasTable("schema_meta") else {
            return SchemaState(subsystems, records: nil, legacy: try legacyRecords())
        }
        let sql =
            "SELECT subsystem, array_to_string(executed, ','), array_to_string(pending, ',') FROM schema_meta"
            + " WHERE key = 'schema_meta'"
        let result = try connection.execute(sql)
        var records: [String: SchemaState.Record] = [:]
        for line in 0..<result.count {
            func names(_ column: Int) -> [String] {
                (result.text(line, column) ?? "").split(separator: ",").map(String.init)
            }
            records[result.text(line, 0) ?? ""] = SchemaState.Record(executed: names(1), pending: names(2))
        }
        return SchemaState(subsystems, records: records.isEmpty ? nil : records)
    }

    private func legacyRecords() throws(PostgresError) -> [String: [String]]? {
        guard try hasTable("schema_migrations") else { return nil }
        let result: PostgresResult
        do {
            result = try connection.execute("SELECT id, array_to_string(migrations, ',') FROM schema_migrations")
        } catch {
            // A record that belongs to somebody else tells nothing, but there is one.
            guard error.cause == .refused else { throw error }
            return [:]
        }
        var records: [String: [String]] = [:]
        for line in 0..<result.count {
            records[result.text(line, 0) ?? ""] = (result.text(line, 1) ?? "").split(separator: ",").map(String.init)
        }
        return records
    }

    package func hasTable(_ name: String) throws(PostgresError) -> Bool {
        try connection.execute(
            "SELECT to_regclass($1::text)",
            [
                PostgresText.identifier(self.name) + "." + PostgresText.identifier(name)
            ]
        ).text(0, 0) != nil
    }

    /// The plugins that rows name.
    package func pluginsInUse() throws(PostgresError) -> [String] {
        guard try hasTable("plugins") else { return [] }
        return try connection.execute("SELECT DISTINCT name FROM plugins ORDER BY name").texts
    }
}

// MARK: - Migrations

extension PostgresSchema {
    /// Makes the tables for the record and the lock.
    package func createMetaTables() throws(PostgresError) {
        let schema = PostgresText.identifier(name)
        try connection.execute(
            """
            CREATE SCHEMA IF NOT EXISTS \(schema);
            CREATE TABLE IF NOT EXISTS \(schema).schema_meta (
              key TEXT, subsystem TEXT, last_executed TEXT, executed TEXT[], pending TEXT[],
              PRIMARY KEY (key, subsystem)
            );
            CREATE TABLE IF NOT EXISTS \(schema).locks (key TEXT PRIMARY KEY, owner TEXT, ttl TIMESTAMP WITH TIME ZONE);
            CREATE INDEX IF NOT EXISTS locks_ttl_idx ON \(schema).locks (ttl)
            """)
    }

    /// Runs the first half of a step and records it, in one transaction.
    package func up(_ migration: PostgresMigration, of subsystem: MigrationSubsystem) throws(PostgresError) {
        try run(migration.up, of: migration, "up", migration.hasTeardown ? .pending : .executed, subsystem)
    }

    /// Runs the second half.
    package func tearDown(_ migration: PostgresMigration, of subsystem: MigrationSubsystem) throws(PostgresError) {
        try run(migration.teardown ?? "", of: migration, "teardown", .finished, subsystem)
    }

    private enum Record { case executed, pending, finished }

    private func run(
        _ sql: String, of migration: PostgresMigration, _ half: String, _ record: Record,
        _ subsystem: MigrationSubsystem
    ) throws(PostgresError) {
        connection.renewDeadline()
        do {
            try connection.execute("BEGIN; \(sql); \(Self.recording(record, migration, subsystem)); COMMIT")
        } catch {
            connection.rollBack()
            throw PostgresError(error.cause, "failed to run migration '\(migration.name)' \(half): \(error.message)")
        }
    }

    /// A step may be recorded more than once: `up --force` runs it again.
    private static func recording(
        _ record: Record, _ migration: PostgresMigration, _ subsystem: MigrationSubsystem
    ) -> String {
        let name = PostgresText.literal(migration.name)
        let system = PostgresText.literal(subsystem.name)
        let isPending = record == .pending
        let changes =
            switch record {
            case .executed: "last_executed = EXCLUDED.last_executed, executed = array_append(m.executed, \(name))"
            case .pending: "pending = array_append(m.pending, \(name))"
            case .finished:
                "last_executed = EXCLUDED.last_executed, executed = array_append(m.executed, \(name)), "
                    + "pending = array_remove(m.pending, \(name))"
            }
        return """
            INSERT INTO schema_meta AS m (key, subsystem, last_executed, executed, pending)
              VALUES ('schema_meta', \(system), \(isPending ? "NULL" : name), \
            \(isPending ? "NULL" : "ARRAY[\(name)]"), \(isPending ? "ARRAY[\(name)]" : "NULL"))
              ON CONFLICT (key, subsystem) DO UPDATE SET \(changes)
            """
    }

    /// Drops the schema with all that is in it, and makes it anew.
    package func reset() throws(PostgresError) {
        let schema = PostgresText.identifier(name)
        try connection.execute(
            "BEGIN; DROP SCHEMA IF EXISTS \(schema) CASCADE; CREATE SCHEMA \(schema) AUTHORIZATION CURRENT_USER; "
                + "GRANT ALL ON SCHEMA \(schema) TO CURRENT_USER; COMMIT")
    }
}

// MARK: - The lock

extension PostgresSchema {
    private static let lockKey = "'migrations'"

    /// Whether this process now holds the lock. One that another has left behind expires after a while.
    ///
    /// - Parameter seconds: how long it is good for.
    package func takeLock(seconds: Double) throws(PostgresError) -> Bool {
        do {
            let result = try connection.execute(
                """
                BEGIN;
                  DELETE FROM locks WHERE ttl < CURRENT_TIMESTAMP;
                  INSERT INTO locks (key, owner, ttl)
                    VALUES (\(Self.lockKey), '\(owner)', CURRENT_TIMESTAMP + interval '\(seconds) seconds')
                    ON CONFLICT DO NOTHING;
                COMMIT; SELECT count(*) FROM locks WHERE key = \(Self.lockKey) AND owner = '\(owner)'
                """)
            return result.text(0, 0) == "1"
        } catch {
            connection.rollBack()
            throw PostgresError(error.cause, "failed to insert cluster lock: \(error.message)")
        }
    }

    /// Whether anybody holds it.
    package func isLocked() throws(PostgresError) -> Bool {
        let sql = "SELECT 1 FROM locks WHERE key = \(Self.lockKey) AND ttl >= CURRENT_TIMESTAMP"
        return try connection.execute(sql).count > 0
    }

    package func releaseLock() throws(PostgresError) {
        try connection.execute("DELETE FROM locks WHERE key = \(Self.lockKey) AND owner = '\(owner)'")
    }
}
