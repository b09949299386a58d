// The commands about databases and declarative files: recognised with their options, checks and usage.

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
        throw CommandFault(
            "database = \(settings.database.rawValue) has no migrations to run in this version: the tables of sqlite "
                + "are made when the node starts, and there is no PostgreSQL store yet")
    }

    static let config = Command(
        name: "config", synopsis: "COMMAND [OPTIONS]",
        summary: "Work with declarative configuration files.",
        options: [.conf, .prefix],
        subcommands: [
            ("init", "write an example file, kong.yml"), ("parse", "check a file"),
            ("db_import", "write what a file holds into the database"),
        ]
    ) { context throws(CommandFault) in
        let paths = try context.locateNode(conf: context.options.text("conf"))
        guard TextFile.exists(paths.kongEnv) else { throw CommandFault("Kong is not running at \(paths.prefix)") }
        throw CommandFault("'kong config \(context.options.words.first ?? "")' is not part of this version yet")
    }
}
