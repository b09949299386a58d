// What a command of the command line is, and the list of them all.

/// A command that failed: what it says in the end. Its exit code is 1.
package struct CommandFault: Error, Sendable, Equatable {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// One command, declared with its options; the usage texts are made from this.
struct Command: Sendable {
    let name: String
    /// What stands behind the name in the usage.
    let synopsis: String
    let summary: String
    var options: [Option] = []
    /// The commands below this one; empty for a command that stands alone.
    var subcommands: [(name: String, summary: String)] = []
    /// Returns the exit code.
    let run: @Sendable (CommandContext) throws(CommandFault) -> Int32

    static let all = [
        check, config, health, migrations, prepare, quit, reload, restart, roar, start, stop, version,
    ]

    /// Commands for those who work on the gateway itself; the usage does not name them.
    static let hidden = [docs]

    var usage: String {
        var text = "\nUsage: kong \(name) \(synopsis)\n\n\(summary)\n"
        if !subcommands.isEmpty {
            text += "\nThe available commands are:\n"
            for command in subcommands { text += " \(command.name.padded(to: 13))\(command.summary)\n" }
        }
        text += "\nOptions:\n"
        for option in options + Options.common { text += option.usageLine }
        return text
    }

    /// The usage of `kong` itself.
    static var overview: String {
        let names = all.map { " \($0.name)\n" }.joined()
        let options = Options.common.map(\.usageLine).joined()
        return "\nUsage: kong COMMAND [OPTIONS]\n\nThe available commands are:\n\(names)\nOptions:\n\(options)"
    }
}

extension Option {
    /// One line of a usage text.
    fileprivate var usageLine: String {
        var names = short.map { name == "v" ? "" : "-\($0), " } ?? ""
        names += "--\(name)" + (kind == .flag ? "" : kind == .number ? " SECONDS" : " PATH")
        return " \(names.padded(to: 25))\(doc)\n"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}

// MARK: - The options that several commands share

extension Option {
    static let conf = Option("conf", "c", .text, "the configuration file")
    static let prefix = Option("prefix", "p", .text, "the prefix, in place of the configuration's")
    static let nginxConf = Option("nginx-conf", nil, .text, "a template for nginx; accepted without effect")
    static let databaseTimeout = Option("db-timeout", nil, .number, "how long the database may take (60)")
    static let lockTimeout = Option("lock-timeout", nil, .number, "how long to wait for other nodes (60)")
    static let runMigrations = Option("run-migrations", nil, .flag, "run new migrations first")
}
