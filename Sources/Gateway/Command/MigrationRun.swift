// The running of migrations under the cluster's lock, with what Kong says of it.

import Glibc
import Store

/// One command's work on a PostgreSQL database.
struct MigrationRun {
    let schema: PostgresSchema
    let subsystems: [MigrationSubsystem]
    let database: String
    let output: MigrationOutput
    /// How long the lock is good for, and how long to wait for another's; in seconds.
    let lockTimeout: Double

    static let aborted = "aborted: another node is performing database changes"

    /// The state, told in the verbose output as often as it is asked for.
    func state() throws(CommandFault) -> SchemaState {
        output.debug("loading subsystems migrations...")
        output.verbose("retrieving database schema state...")
        let state = try Self.reporting { () throws(PostgresError) in try schema.state(subsystems) }
        output.verbose("schema state retrieved")
        return state
    }

    static func reporting<Value>(_ work: () throws(PostgresError) -> Value) throws(CommandFault) -> Value {
        do {
            return try work()
        } catch {
            throw CommandFault("[PostgreSQL error] \(error.message)")
        }
    }
}

// MARK: - The commands

extension MigrationRun {
    func bootstrap(_ state: SchemaState) throws(CommandFault) {
        guard state.needsBootstrap else {
            output.info("database already bootstrapped")
            return
        }
        if let legacy = state.legacy {
            let next =
                legacyFault(legacy) == nil
                ? "run 'kong migrations up' instead"
                : "upgrade to 0.14 first,and run 'kong migrations up'"
            throw CommandFault("cannot bootstrap a non-empty database, \(next)")
        }
        output.info("bootstrapping database...")
        if try Self.reporting({ () throws(PostgresError) in try schema.hasTable("services") }) {
            throw CommandFault(
                "[PostgreSQL error] the schema '\(schema.name)' has tables of Kong's, but no record of how they were "
                    + "made (schema_meta)")
        }
        try createMetaTables()
        let hasRun = try withLock { () throws(CommandFault) in try run(state.all, finishing: true) }
        output.info(hasRun ? "database is up-to-date" : Self.aborted)
    }

    private func createMetaTables() throws(CommandFault) {
        let things = ["'\(schema.name)' schema", "'schema_meta' table", "'locks' table"]
        try Self.reporting { () throws(PostgresError) in try schema.createMetaTables() }
        for thing in things {
            output.debug("creating \(thing) if not existing...")
            output.debug("successfully created \(thing)")
        }
    }

    /// - Parameter isForced: runs the first half of what has been run before once more.
    func up(_ state: SchemaState, isForced: Bool = false) throws(CommandFault) {
        if state.needsBootstrap {
            throw CommandFault(
                state.legacy.flatMap(legacyFault)
                    ?? "cannot run migrations: database needs bootstrapping; run 'kong migrations bootstrap'")
        }
        let hasRun = try withLock(isWaiting: true) { () throws(CommandFault) in
            let state = try self.state()
            guard state.pending.isEmpty else {
                throw CommandFault(
                    "[PostgreSQL error] cluster_mutex callback threw an error: database has pending migrations; "
                        + "run 'kong migrations finish'")
            }
            let list = isForced ? state.all : state.new
            guard !list.isEmpty else {
                output.info("database is already up-to-date")
                return
            }
            output.debug(isForced ? "forcing re-execution of these migrations:" : "migrations to run:")
            output.list(list, at: .debug)
            try run(list, finishing: false)
        }
        if !hasRun { output.info(Self.aborted) }
    }

    func finish(_ state: SchemaState) throws(CommandFault) {
        if state.needsBootstrap {
            output.info("cannot run migrations: database not bootstrapped")
            return
        }
        let hasRun = try withLock { () throws(CommandFault) in
            let pending = try self.state().pending
            guard !pending.isEmpty else {
                output.info("no pending migrations to finish")
                return
            }
            output.debug("pending migrations to finish:")
            output.list(pending, at: .debug)
            try run(pending, tearingDown: true)
        }
        if !hasRun { output.info(Self.aborted) }
    }

    /// - Returns: the exit code.
    func reset(_ state: SchemaState) throws(CommandFault) -> Int32 {
        if state.needsBootstrap, try !hasTables() {
            output.info("database not bootstrapped, nothing to reset")
            return 1
        }
        do throws(PostgresError) {
            guard try schema.takeLock(seconds: lockTimeout) else {
                output.info(Self.aborted)
                return 1
            }
        } catch {
            output.log(.error, "[PostgreSQL error] \(error.message) - retrying without cluster lock")
        }
        output.info("resetting database...")
        // The lock goes with its table.
        try Self.reporting { () throws(PostgresError) in try schema.reset() }
        output.info("database successfully reset")
        return 0
    }

    /// A schema that lost its record can still be reset.
    private func hasTables() throws(CommandFault) -> Bool {
        try Self.reporting { () throws(PostgresError) in
            if try schema.hasTable("locks") { return true }
            return try schema.hasTable("services")
        }
    }

    /// Databases of version 0.14 and before have a record of another form. They must become 1.0 with Kong itself.
    private func legacyFault(_ legacy: [String: [String]]) -> String? {
        // The first that Kong misses in a database that is older still.
        let sample = "response-transformer"
        guard legacy[sample] == nil else {
            return "Migration from a 0.14 database is not part of this version. Migrate to 1.0 or 1.1 with Kong first."
        }
        return "Migration to 1.0 can only be performed from a 0.14 postgres database, but the current one seems to be "
            + "older (missing migrations for '\(sample)'). Migrate to 0.14 first, or install 1.0 on a fresh database."
    }
}

// MARK: - Steps

extension MigrationRun {
    private func run(
        _ list: MigrationList, finishing: Bool = false, tearingDown: Bool = false
    ) throws(CommandFault) {
        var executed = 0
        var pending = 0
        for (subsystem, migrations) in list {
            output.info("migrating \(subsystem.name) on database '\(database)'...")
            for migration in migrations {
                output.debug("running migration: \(migration.name)")
                try Self.reporting { () throws(PostgresError) in
                    if !tearingDown { try schema.up(migration, of: subsystem) }
                    if tearingDown || finishing && migration.hasTeardown {
                        try schema.tearDown(migration, of: subsystem)
                    }
                }
                let isPending = migration.hasTeardown && !finishing && !tearingDown
                if isPending { pending += 1 } else { executed += 1 }
                output.info(
                    "\(subsystem.name) migrated up to: \(migration.name) (\(isPending ? "pending" : "executed"))")
            }
        }
        let count = executed + pending
        output.info("\(count) migration\(count == 1 ? "" : "s") processed")
        if executed > 0 { output.info("\(executed) executed") }
        if pending > 0 { output.info("\(pending) pending") }
    }

    /// Runs `work` while holding the lock. When another node has it, nothing is run; `isWaiting` first waits for that
    /// node to finish, which then has done what there was to do.
    ///
    /// - Returns: whether it ran.
    private func withLock(isWaiting: Bool = false, _ work: () throws(CommandFault) -> Void) throws(CommandFault) -> Bool
    {
        guard try Self.reporting({ () throws(PostgresError) in try schema.takeLock(seconds: lockTimeout) }) else {
            if isWaiting { try waitForLock() }
            return false
        }
        defer { try? schema.releaseLock() }
        try work()
        return true
    }

    private func waitForLock() throws(CommandFault) {
        var pause = 0.1
        var waited = 0.0
        while try Self.reporting({ () throws(PostgresError) in try schema.isLocked() }) {
            guard waited < lockTimeout else { throw CommandFault("[PostgreSQL error] timeout") }
            let time = min(pause, lockTimeout - waited)
            Moment.sleep(time)
            waited += time
            pause = min(pause * 3, 2)
        }
    }
}
