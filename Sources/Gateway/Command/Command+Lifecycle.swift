// The commands that act on a node: start, stop, quit, restart, reload, health.

import Glibc

extension Command {
    static let start = Command(
        name: "start", synopsis: "[OPTIONS]", summary: "Start a node in the prefix of the configuration.",
        options: [.conf, .prefix, .nginxConf, .runMigrations, .databaseTimeout, .lockTimeout]
    ) { context throws(CommandFault) in
        try NodeStart(context: context, settings: context.requestedSettings()).run()
    }

    static let stop = Command(
        name: "stop", synopsis: "[OPTIONS]", summary: "Stop a running node at once (SIGTERM).", options: [.prefix]
    ) { context throws(CommandFault) in
        let paths = try context.nodeSettings(context.locateNode()).paths
        let master = try sendToNode(context, paths, SIGTERM, "TERM")
        // The node ends in an instant; whoever starts the next one right away should not meet this one.
        _ = NodeProcess.waitForEnd(of: master, atMost: 1, every: 0.01)
        context.console.info("Kong stopped")
        return 0
    }

    static let quit = Command(
        name: "quit", synopsis: "[OPTIONS]",
        summary: "Stop a running node once it has answered the requests under way (SIGQUIT).",
        options: [
            .prefix, Option("timeout", "t", .number, "after this long stop it at once (10)"),
            Option("wait", "w", .number, "wait this long first (0)"),
        ]
    ) { context throws(CommandFault) in
        let paths = try context.nodeSettings(context.locateNode()).paths
        return try quit(context, paths)
    }

    private static func quit(_ context: CommandContext, _ paths: PrefixPaths) throws(CommandFault) -> Int32 {
        let console = context.console
        let node = NodeProcess(paths)
        let wait = context.options.number("wait") ?? 0
        if wait > 0 {
            if node.pid == nil { throw NodeProcess.notRunning(paths) }
            console.verbose("waiting \(SettingValue.number(wait).fileText) seconds before quitting")
            Moment.sleep(wait)
            if node.pid == nil {
                console.log(.error, "Kong stopped while waiting (unexpected)")
                return 0
            }
        }
        let master = try sendToNode(context, paths, SIGQUIT, "QUIT")
        console.verbose("waiting for nginx to finish processing requests")
        if NodeProcess.waitForEnd(of: master, atMost: max(1, context.options.number("timeout") ?? 10), every: 0.05) {
            console.info("Kong stopped (gracefully)")
            return 0
        }
        console.verbose("nginx is still running at \(paths.prefix), forcing shutdown")
        try sendToNode(context, paths, SIGTERM, "TERM")
        console.info("Timeout, Kong stopped forcefully")
        return 0
    }

    @discardableResult
    private static func sendToNode(
        _ context: CommandContext, _ paths: PrefixPaths, _ signal: Int32, _ name: String
    ) throws(CommandFault) -> pid_t {
        let node = NodeProcess(paths)
        guard node.pid != nil else { throw NodeProcess.notRunning(paths) }
        context.console.verbose("sending \(name) signal to nginx running at \(paths.pidFile)")
        return try node.send(signal)
    }

    static let restart = Command(
        name: "restart", synopsis: "[OPTIONS]",
        summary: "Stop the node in the prefix, if one runs, and start it with the configuration as it is now.",
        options: [.conf, .prefix, .nginxConf, .runMigrations, .databaseTimeout, .lockTimeout]
    ) { context throws(CommandFault) in
        // A configuration at fault is found out before anything is stopped.
        let wanted = try context.loadQuietly(context.options.text("conf"), overrides: context.prefixOverride)
        let paths = wanted.paths
        if context.options.text("prefix") != nil, !TextFile.exists(paths.kongEnv) {
            throw CommandFault("no file at: \(paths.kongEnv)")
        }
        if TextFile.exists(paths.prefix) { stopForRestart(context, paths) }
        return try NodeStart(context: context, settings: context.requestedSettings()).run()
    }

    /// Without its usual reports. When there is nothing to stop, Kong is silent from here on, and scripts know it.
    private static func stopForRestart(_ context: CommandContext, _ paths: PrefixPaths) {
        let node = NodeProcess(paths)
        guard TextFile.exists(paths.kongEnv), let master = try? node.send(SIGTERM) else {
            context.console.isSilent = true
            return
        }
        context.console.info("Kong stopped")
        _ = NodeProcess.waitForEnd(of: master, atMost: 5, every: 0.01)
    }

    static let reload = Command(
        name: "reload", synopsis: "[OPTIONS]",
        summary: "Let a running node take up changed variables and files without dropping a connection.",
        options: [.conf, .prefix, .nginxConf]
    ) { context throws(CommandFault) in
        let paths = try context.locateNode(conf: context.options.text("conf"))
        let settings = try context.nodeSettings(paths)
        try context.checkTemplate()
        _ = try PrefixPreparation(settings, context.console).run()
        try NodeProcess(settings.paths).send(SIGHUP)
        context.console.info("Kong reloaded")
        return 0
    }

    static let health = Command(
        name: "health", synopsis: "[OPTIONS]", summary: "Tell whether a node runs in the prefix.", options: [.prefix]
    ) { context throws(CommandFault) in
        let located = try context.locateNode()
        let fault = CommandFault("Kong is not running at \(located.prefix)")
        guard TextFile.exists(located.kongEnv) else { throw fault }
        let isRunning = NodeProcess(try context.nodeSettings(located).paths).pid != nil
        context.console.info("nginx.......\(isRunning ? "running" : "not running")")
        context.console.info("")
        guard isRunning else { throw fault }
        context.console.info("Kong is healthy at \(located.prefix)")
        return 0
    }
}
