// `kong migrations`: the tables of the database.

import Glibc
import Store

extension Command {
    static let migrations = Command(
        name: "migrations", synopsis: "COMMAND [OPTIONS]",
        summary: "Manage the tables of the database.",
        options: [
            .conf, Option("yes", "y", .flag, "do not ask, answer yes"),
            Option("quiet", "q", .flag, "say nothing"), Option("force", "f", .flag, "run what has been run before"),
            .databaseTimeout, .lockTimeout,
        ],
        subcommands: [
            ("bootstrap", "fill an empty database"), ("up", "run new migrations"),
            ("finish", "finish migrations that are pending"), ("list", "list what has been run"),
            ("reset", "drop everything that Kong keeps in the database"),
        ]
    ) { context throws(CommandFault) in
        let settings = try context.load(context.options.text("conf"))
        return try MigrationsCommand(context: context, settings: settings).run()
    }
}

private struct MigrationsCommand {
    let context: CommandContext
    let settings: Settings

    private var output: MigrationOutput {
        MigrationOutput(console: context.console, isQuiet: context.options.has("quiet"))
    }

    private var name: String { context.options.words.first ?? "" }

    func run() throws(CommandFault) -> Int32 {
        // Asked before anything is looked at, so that a script without a terminal ends at once.
        if name == "reset", !context.options.has("yes"), isatty(STDIN_FILENO) == 0 {
            throw CommandFault("not a tty: invoke 'reset' non-interactively with the --yes flag")
        }
        switch settings.database {
        case .postgres: return try runOnPostgres()
        case .off, .sqlite: return try runWithoutTables()
        case .cassandra: throw CommandFault("Cassandra is not supported; set database = postgres, sqlite or off")
        }
    }

    private func runOnPostgres() throws(CommandFault) -> Int32 {
        let run = try MigrationRun(context, settings, output)
        let state = try run.state()
        switch name {
        case "bootstrap": try run.bootstrap(state)
        case "up": try run.up(state, isForced: context.options.has("force"))
        case "finish":
            if context.options.has("force") {
                output.info("cannot use --force with 'finish'")
            } else {
                try run.finish(state)
            }
        case "reset": return try isConfirmed() ? run.reset(state) : 0
        default: return list(state)
        }
        return 0
    }

    /// - Returns: the exit code, which tells scripts what is to be done next.
    private func list(_ state: SchemaState) -> Int32 {
        if !state.executed.isEmpty {
            output.info("executed migrations:")
            output.list(state.executed)
        }
        output.state(state)
        if state.needsBootstrap { return 3 }
        if !state.pending.isEmpty { return 4 }
        return state.new.isEmpty ? 0 : 5
    }

    /// Without PostgreSQL there is nothing to run: memory has no tables, and SQLite's are made when its file is opened.
    private func runWithoutTables() throws(CommandFault) -> Int32 {
        let state = SchemaState.complete(MigrationSubsystem.enabled(settings.plugins))
        switch name {
        case "bootstrap": output.info("database already bootstrapped")
        case "up": output.info("database is already up-to-date")
        case "finish" where context.options.has("force"): output.info("cannot use --force with 'finish'")
        case "finish": output.info("no pending migrations to finish")
        case "reset":
            guard isConfirmed() else { return 0 }
            output.info("resetting database...")
            if settings.database == .sqlite { try removeFile() }
            output.info("database successfully reset")
        default: return list(state)
        }
        return 0
    }

    /// A node that runs would go on with the file that it has open, and lose what it writes.
    private func removeFile() throws(CommandFault) {
        if NodeProcess(settings.paths).pid != nil {
            throw CommandFault("Kong is running in \(settings.prefix); stop it before its database is reset")
        }
        for suffix in ["", "-wal", "-shm"] where unlink(settings.sqlitePath + suffix) != 0 && errno != ENOENT {
            throw CommandFault("\(settings.sqlitePath + suffix): \(FileFault().reason)")
        }
    }

    private func isConfirmed() -> Bool {
        if context.options.has("yes") { return true }
        for _ in 1...3 {
            TextFile.writeAll(STDOUT_FILENO, Array("> Are you sure? This operation is irreversible. [Y/n] ".utf8))
            guard let answer = readLine() else { break }
            if ["y", "Y", "yes", "YES"].contains(answer) { return true }
            if ["n", "N", "no", "NO"].contains(answer) { break }
        }
        output.info("cancelled")
        return false
    }
}

extension MigrationRun {
    /// Connects to the database of these settings.
    init(_ context: CommandContext, _ settings: Settings, _ output: MigrationOutput) throws(CommandFault) {
        let schema = try Self.reporting { () throws(PostgresError) in try Self.connect(context, settings) }
        self.init(schema, context, settings, output)
    }

    init(_ schema: PostgresSchema, _ context: CommandContext, _ settings: Settings, _ output: MigrationOutput) {
        self.schema = schema
        self.output = output
        subsystems = MigrationSubsystem.enabled(settings.plugins)
        database = settings.text("pg_database") ?? ""
        lockTimeout = context.options.number("lock-timeout") ?? 60
    }

    static func connect(_ context: CommandContext, _ settings: Settings) throws(PostgresError) -> PostgresSchema {
        try PostgresSchema(settings.postgres(timeout: context.options.number("db-timeout") ?? 60))
    }
}
