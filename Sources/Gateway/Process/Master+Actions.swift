// What the master does when its machine has decided: workers, sockets, files.

import Glibc

extension Master {
    mutating func perform(_ action: MasterMachine.Action) {
        switch action {
        case .spawn(let reload): spawn(reload: reload)
        case .signal(let pid, let number): kill(pid, number)
        case .started:
            report(.ready)
            StartupPages.release()
        case .adopted: adopt()
        case .abandoned:
            candidate = nil
            sockets.keepOnly(settings.value.allListeners.map(\.address))
        case .closeListeners: sockets.closeAll()
        case .reopenLogs:
            log.reopen()
            if !launch.isForeground { log.takeStandardError() }
        case .log(let level, let text): log.write(level, text)
        case .exit(let reason): end(reason)
        }
    }

    private mutating func report(_ outcome: StartReport) {
        guard let descriptor = reportFD else { return }
        outcome.write(to: descriptor)
        close(descriptor)
        reportFD = nil
    }

    private mutating func adopt() {
        if let candidate { settings = candidate }
        candidate = nil
        sockets.keepOnly(settings.value.allListeners.map(\.address))
        log.open(settings.value)
        if !launch.isForeground { log.takeStandardError() }
    }

    private mutating func end(_ reason: String?) -> Never {
        log.write(.notice, "exit")
        unlink(settings.value.paths.pidFile)
        if let reason { report(.failed(reason)) }
        exit(reason == nil ? 0 : 1)
    }

    mutating func openSockets(_ settings: Settings) throws(StartFault) {
        do throws(ListenSockets.Fault) {
            try sockets.open(settings.allListeners.map(\.address), count: settings.workerProcesses)
        } catch {
            throw StartFault(text: error.text)
        }
    }
}

// MARK: - Workers

extension Master {
    private mutating func spawn(reload: Bool) {
        do throws(StartFault) {
            if reload { candidate = try AcceptedSettings(prefix: launch.prefix) }
            let chosen = candidate ?? settings
            try openSockets(chosen.value)
            answer(.spawned(try startWorker(chosen)))
        } catch {
            answer(.spawnFailed(error.text))
        }
    }

    private mutating func startWorker(_ chosen: AcceptedSettings) throws(StartFault) -> pid_t {
        do throws(FileFault) {
            let ready = try Pipe()
            let text = try Pipe()
            defer { for end in [ready.writer, text.reader, text.writer] { close(end) } }
            _ = fcntl(ready.reader, F_SETFL, O_NONBLOCK)
            guard chosen.text.utf8.count <= Self.pipeBytes else { throw FileFault(code: E2BIG) }
            TextFile.writeAll(text.writer, Array(chosen.text.utf8))

            let worker = WorkerLaunch(
                prefix: launch.prefix, nodeID: nodeID,
                listeners: chosen.value.allListeners.map { kind, address in
                    WorkerLaunch.Listener(kind: kind, address: address, fds: sockets.descriptors(address))
                }, readyFD: ready.writer, settingsFD: text.reader)
            var child = ChildProcess(ProcessRole.workerArguments, environment: Environment.current)
            child.environment[WorkerLaunch.variable] = worker.encoded
            child.inherited = worker.descriptors
            let pid = try child.spawn()
            reports[pid] = (ready.reader, [], false)
            return pid
        } catch {
            throw StartFault(text: "could not start a worker process: \(error.reason)")
        }
    }

    /// What a pipe takes without a reader (Linux: 64 KiB); .kong_env has some 5 KiB.
    private static let pipeBytes = 65536
}

extension Settings {
    /// All listeners with their kinds.
    var allListeners: [(kind: WorkerLaunch.Kind, address: ListenAddress)] {
        proxyListeners.map { (.proxy, $0) } + adminListeners.map { (.admin, $0) }
            + streamListeners.map { (.stream, $0) }
    }
}
