// The migrations: their state, their record, and that they can be run again.

import Schema
import Store
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled))
struct PostgresMigrationTests {
    private let bed: PostgresBed

    init() throws {
        bed = try PostgresBed()
    }

    private func names(_ list: MigrationList) -> [String] {
        list.flatMap { subsystem, migrations in migrations.map { "\(subsystem.name) \($0.name)" } }
    }

    @Test
    func `all that is run is recorded`() throws {
        let state = try PostgresSchema(bed.settings).state(MigrationSubsystem.all)
        #expect(state.isUpToDate)
        #expect(names(state.executed).count == 24)
        #expect(names(state.pending).isEmpty)
        let records = try bed.sql("SELECT subsystem, last_executed, pending FROM schema_meta ORDER BY subsystem")
        #expect(records.first == "acl|001_14_to_15|{}")
        #expect(records.contains("jwt|001_14_to_15|"))
    }

    @Test
    func `steps that are not recorded are new, those half done pending`() throws {
        try bed.sql(
            "UPDATE schema_meta SET executed = '{000_base_acl}', pending = '{001_14_to_15}' WHERE subsystem = 'acl'")
        try bed.sql("UPDATE schema_meta SET executed = '{000_base,003_100_to_110}' WHERE subsystem = 'core'")
        let state = try PostgresSchema(bed.settings).state(MigrationSubsystem.all)
        #expect(names(state.pending) == ["acl 001_14_to_15"])
        #expect(names(state.new) == ["core 001_14_to_15", "core 002_15_to_1"])
        #expect(!state.isUpToDate)
    }

    @Test
    func `every step can be run on tables that have been through it`() throws {
        let before = try columns()
        let schema = try PostgresSchema(bed.settings)
        for subsystem in MigrationSubsystem.all {
            for migration in subsystem.migrations {
                try schema.up(migration, of: subsystem)
                if migration.hasTeardown { try schema.tearDown(migration, of: subsystem) }
            }
        }
        #expect(try columns() == before)
    }

    private func columns() throws -> [String] {
        try bed.sql(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
                + "WHERE table_schema = 'public' ORDER BY 1, 2")
    }

    @Test
    func `a database of 1.0 becomes one of 1.1`() throws {
        let before = try columns()
        for table in ["services", "routes", "consumers", "plugins", "certificates", "snis", "upstreams", "targets"] {
            try bed.sql(
                "DROP TRIGGER \(table)_sync_tags_trigger ON \(table); ALTER TABLE \(table) DROP COLUMN tags")
        }
        try bed.sql("DROP TABLE tags; ALTER TABLE plugins DROP COLUMN protocols; DROP FUNCTION sync_tags")
        try bed.sql("DROP INDEX ratelimiting_metrics_idx")
        try bed.sql("UPDATE schema_meta SET executed = array_remove(executed, '003_100_to_110')")
        try bed.sql("UPDATE schema_meta SET executed = array_remove(executed, '003_10_to_112')")
        let schema = try PostgresSchema(bed.settings)
        for (subsystem, migrations) in try schema.state(MigrationSubsystem.all).new {
            for migration in migrations { try schema.up(migration, of: subsystem) }
        }
        #expect(try schema.state(MigrationSubsystem.all).isUpToDate)
        #expect(try columns() == before)
    }

    @Test
    func `the lock is one process's until it gives it back or its time is over`() throws {
        let (one, two) = (try PostgresSchema(bed.settings), try PostgresSchema(bed.settings))
        #expect(try one.takeLock(seconds: 60))
        #expect(try !two.takeLock(seconds: 60))
        #expect(try two.isLocked())
        try one.releaseLock()
        #expect(try !two.isLocked())
        #expect(try two.takeLock(seconds: 0))
        #expect(try one.takeLock(seconds: 60))
    }

    @Test
    func `a database without a record needs to be bootstrapped`() throws {
        try bed.sql("DROP TABLE schema_meta")
        #expect(try PostgresSchema(bed.settings).state(MigrationSubsystem.all).needsBootstrap)
        try bed.sql("CREATE TABLE schema_migrations (id text, migrations text[])")
        #expect(try PostgresSchema(bed.settings).state(MigrationSubsystem.all).legacy?.isEmpty == true)
    }
}
