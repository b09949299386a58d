// Starts a node: what `start` does, and `restart` in its second half.

import Glibc

struct NodeStart {
    let context: CommandContext
    let settings: Settings

    private var console: Console { context.console }

    func run() throws(CommandFault) -> Int32 {
        if NodeProcess(settings.paths).pid != nil {
            throw CommandFault("Kong is already running in \(settings.prefix)")
        }
        try context.checkTemplate()
        if settings.database == .cassandra {
            throw CommandFault("Cassandra is not supported; set database = postgres, sqlite or off")
        }
        if let fault = settings.directiveFault { throw CommandFault(fault) }
        let database = try DatabaseCheck(context, settings)
        do throws(CommandFault) {
            let prepared = try PrefixPreparation(settings, console).run()
            try database.finish(context, settings)
            if let warning = settings.adminExposure { console.log(.warn, warning) }
            if let warning = settings.directiveWarning { console.log(.warn, warning) }
            try start(prepared)
        } catch {
            console.verbose("could not start Kong, stopping services")
            console.verbose("stopped services")
            throw error
        }
        console.info("Kong started")
        return 0
    }

    /// Starts the master and waits until it serves; in the foreground also until it ends.
    private func start(_ settings: Settings) throws(CommandFault) {
        let foreground = settings.isDaemon ? nil : ForegroundNode()
        let (master, report) = try spawnMaster(settings)
        guard let report else {
            _ = end(of: master)
            throw CommandFault("the master process ended without a word, see \(settings.proxyErrorLog ?? "the log")")
        }
        if case .failed(let reason) = report {
            _ = end(of: master)
            guard foreground != nil else { throw CommandFault(reason) }
            console.complain("nginx: [emerg] \(reason)\n")
            throw CommandFault("failed to start nginx (exit code: 1)")
        }
        if let foreground, case .failed(let text) = foreground.wait(for: master) { throw CommandFault(text) }
    }

    private func spawnMaster(_ settings: Settings) throws(CommandFault) -> (pid_t, StartReport?) {
        do throws(FileFault) {
            let pipe = try Pipe()
            let launch = MasterLaunch(
                prefix: settings.prefix, reportFD: pipe.writer, isForeground: !settings.isDaemon)
            var child = ChildProcess(ProcessRole.arguments(launch), environment: context.environment)
            child.inherited = [pipe.writer]
            let null = open("/dev/null", O_RDWR | O_CLOEXEC)
            guard null >= 0 else { throw FileFault() }
            let streams = settings.isDaemon ? [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] : [STDIN_FILENO]
            child.redirected = streams.map { ($0, null) }
            let pid = try child.spawn()
            close(null)
            close(pipe.writer)
            defer { close(pipe.reader) }
            return (pid, StartReport(try Self.firstReport(pipe.reader), isWhole: true))
        } catch {
            throw CommandFault("could not start the master process: \(error.reason)")
        }
    }

    /// What the master writes: one report, then it closes its end.
    private static func firstReport(_ descriptor: Int32) throws(FileFault) -> [UInt8] {
        try TextFile.readAll(descriptor)
    }

    private func end(of pid: pid_t) -> ProcessEnd {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return ProcessEnd(status: status)
    }
}
