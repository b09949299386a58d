// `kong config`: declarative files.

extension Command {
    static let config = Command(
        name: "config", synopsis: "COMMAND [OPTIONS]",
        summary: "Work with declarative configuration files.",
        options: [.conf, .prefix, Option("json", nil, .flag, "print differences as JSON")],
        subcommands: [
            ("init", "write an example file, kong.yml"), ("parse", "check a file"),
            ("db_import", "write what a file holds into the database"),
            ("db_export", "write what the database holds into a file (kong.yml)"),
            ("diff", "show what importing a file would change"),
        ]
    ) { context throws(CommandFault) in
        let command = ConfigCommand(context: context)
        // An example can be written anywhere, with or without a node.
        if context.options.words.first == "init" { return try command.writeExample() }
        return try command.run(context.runningSettings())
    }
}

extension CommandContext {
    /// The settings that the node which is meant was prepared with.
    fileprivate func runningSettings() throws(CommandFault) -> Settings {
        let paths = try locateNode(conf: options.text("conf"))
        guard TextFile.exists(paths.kongEnv) else { throw CommandFault("Kong is not running at \(paths.prefix)") }
        return try nodeSettings(paths)
    }
}
