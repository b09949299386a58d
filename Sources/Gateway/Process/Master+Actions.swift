// What the master does when its machine has decided: workers, sockets, files.

import DataPlane
import Glibc

extension Master {
    mutating func perform(_ action: MasterMachine.Action) {
        switch action {
        case .spawn(let reload): spawn(reload: reload)
        case .signal(let pid, let number): kill(pid, number)
        case .started:
            report(.ready)
            supervisor?.send(.ready(status))
        case .adopted: adopt()
        case .abandoned:
            candidate = nil
            program.abandon()
            sockets.keepOnly(settings.value.allListeners.map(\.address))
            supervisor?.send(.ready("the last reload failed, see the error log; " + status))
        case .closeListeners: sockets.closeAll()
        case .reopenLogs: reopenLogs()
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
        program.adopt()
        sockets.keepOnly(settings.value.allListeners.map(\.address))
        log.open(settings.value)
        warnAboutAdmin()
        if !launch.isForeground { log.takeStandardError() }
        supervisor?.send(.ready(status))
    }

    /// For `systemctl status`.
    private var status: String {
        let ports = settings.value.allListeners.map { "\($0.address.ip):\($0.address.port)" }
        return "serving " + (ports.isEmpty ? "nothing" : ports.joined(separator: ", "))
    }

    /// The new files are made here, since workers that are not root's may not write to the folder.
    private mutating func reopenLogs() {
        let value = settings.value
        let owner = (try? WorkerUser(value))?.user
        for path in value.logPaths {
            do throws(LogFailure) {
                try LogWriter.prepare(path, prefix: value.prefix, owner: owner)
            } catch {
                log.write(.alert, "open() \"\(error.path)\" failed (\(error.code): \(error.message))")
            }
        }
        log.reopen()
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
            if reload {
                supervisor?.send(.reloading)
                candidate = try AcceptedSettings(prefix: launch.prefix)
                program.renew()
            }
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
            child.environment[SystemdNotification.variable] = nil
            for (name, value) in WorkerEnvironment.defaults(eventLoops: chosen.value.workerProcesses)
            where child.environment[name] == nil {
                child.environment[name] = value
            }
            child.program = program.executable
            child.inherited = worker.descriptors
            let carryover = offerCarryover(to: &child)
            var unused = carryover.map { [$0.questions, $0.own.memory, $0.own.asks] } ?? []
            defer { for descriptor in unused { close(descriptor) } }
            let pid = try child.spawn()
            if let carryover { carryovers.started(pid, carryover) }
            unused.removeLast(min(unused.count, 2))
            reports[pid] = (ready.reader, [], false)
            return pid
        } catch {
            throw StartFault(text: "could not start a worker process: \(error.reason)")
        }
    }

    /// Gives a worker a place for its carryover and shows it those of the workers before it. Where there is no memory
    /// for that, it begins with nothing.
    private func offerCarryover(to child: inout ChildProcess) -> CarryoverLaunch? {
        child.environment[CarryoverLaunch.variable] = nil
        do throws(FileFault) {
            let asks = try Pipe()
            for end in [asks.reader, asks.writer] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
            let memory = try CarryoverMemory.make()
            let own = CarryoverPlace(memory: memory, asks: asks.writer)
            let carryover = carryovers.launch(own: own, questions: asks.reader)
            child.environment[CarryoverLaunch.variable] = carryover.encoded
            child.inherited += carryover.descriptors
            return carryover
        } catch {
            log.write(.warn, "the next worker begins with counters at 0: \(error.reason)")
            return nil
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
