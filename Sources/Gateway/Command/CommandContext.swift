// What a command is given to work with, and the loading of settings as commands do it.

/// The options, the environment and the output of one run of a command.
struct CommandContext {
    let options: Options
    let environment: [String: String]
    let console: Console

    /// Loads settings and tells what the loader tells.
    func load(_ path: String?, overrides: [String: String] = [:]) throws(CommandFault) -> Settings {
        let console = self.console
        return try load(path, overrides) { console.log($0, $1) }
    }

    /// Loads settings without a word, for commands that only need to know which node is meant.
    func loadQuietly(_ path: String?, overrides: [String: String] = [:]) throws(CommandFault) -> Settings {
        try load(path, overrides) { _, _ in }
    }

    private func load(
        _ path: String?, _ overrides: [String: String], _ tell: @escaping SettingsLoader.Tell
    ) throws(CommandFault) -> Settings {
        do throws(SettingsFaults) {
            return try SettingsLoader(environment: environment, tell: tell).load(path: path, overrides: overrides)
        } catch {
            throw CommandFault(error.first)
        }
    }

    /// The settings that --conf and --prefix ask for.
    func requestedSettings() throws(CommandFault) -> Settings {
        try load(options.text("conf"), overrides: prefixOverride)
    }

    var prefixOverride: [String: String] { options.text("prefix").map { ["prefix": $0] } ?? [:] }

    /// The paths of the node that the options and variables point at. Its prefix must exist.
    func locateNode(conf: String? = nil) throws(CommandFault) -> PrefixPaths {
        let paths = try loadQuietly(conf, overrides: prefixOverride).paths
        guard TextFile.exists(paths.prefix) else { throw CommandFault("no such prefix: \(paths.prefix)") }
        return paths
    }

    /// The settings of the node in a prefix, as it was started or reloaded with them.
    func nodeSettings(_ paths: PrefixPaths) throws(CommandFault) -> Settings {
        try load(paths.kongEnv, overrides: ["prefix": paths.prefix])
    }

    /// Kong looks at the template before it does anything else; without an nginx there is no use for it.
    func checkTemplate() throws(CommandFault) {
        guard let template = options.text("nginx-conf") else { return }
        guard TextFile.exists(template) else { throw CommandFault("no such file: \(template)") }
        console.log(.warn, "--nginx-conf has no effect: there is no nginx to configure")
    }
}
