// What `kong start` asks of the database before it starts a node, and what it says then.

import Store

/// The look at the database: first whether it is there, later whether the node can work with it.
struct DatabaseCheck {
    private let run: MigrationRun?
    private let state: SchemaState?

    /// Connects and reads the state.
    ///
    /// A database that is away is no reason not to start when the rows of the last run are there: a node that had to
    /// be restarted meanwhile serves what it served before.
    init(_ context: CommandContext, _ settings: Settings) throws(CommandFault) {
        let console = context.console
        guard settings.database == .postgres else {
            run = nil
            state = nil
            console.verbose("retrieving \(settings.database == .off ? "cache" : "database") schema state...")
            console.verbose("schema state retrieved")
            return
        }
        let schema: PostgresSchema
        do throws(PostgresError) {
            schema = try MigrationRun.connect(context, settings)
        } catch {
            let text = "[PostgreSQL error] \(error.message)"
            guard error.isOutage, PostgresStore.hasKeptRows(at: settings.datasetPath, of: settings.postgres()) else {
                throw CommandFault(text)
            }
            console.log(.warn, "\(text); starting with the rows of the last run")
            run = nil
            state = nil
            return
        }
        let run = MigrationRun(schema, context, settings, MigrationOutput(console: console))
        state = try run.state()
        self.run = run
    }

    /// Runs new migrations where that was asked for, and refuses what a node could not work with.
    func finish(_ context: CommandContext, _ settings: Settings) throws(CommandFault) {
        guard let run, let state else { return }
        if !state.isUpToDate {
            guard context.options.has("run-migrations") else {
                run.output.state(state)
                throw CommandFault(
                    state.needsBootstrap
                        ? "database needs bootstrap; run 'kong migrations bootstrap'"
                        : "new migrations available; run 'kong migrations list'")
            }
            try run.up(state)
        }
        let used = try MigrationRun.reporting { () throws(PostgresError) in try run.schema.pluginsInUse() }
        let enabled = settings.plugins
        for name in used where !enabled.contains(name) {
            throw CommandFault("\(name) plugin is in use but not enabled")
        }
    }
}
