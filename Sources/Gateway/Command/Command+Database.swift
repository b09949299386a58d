// The commands about declarative files: recognised with their options, checks and usage.

extension Command {
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
