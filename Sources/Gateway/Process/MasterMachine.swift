// What the master process does when something happens, as a pure state machine: events in, actions out. The shell
// around it (`Master`) owns the sockets, the clock and the children.

import Glibc

/// The life of a node's workers.
package struct MasterMachine {
    package enum Event: Sendable, Equatable {
        /// The first event.
        case start
        /// A worker was started, as the last `.spawn` asked.
        case spawned(pid_t)
        /// Nothing was started.
        case spawnFailed(String)
        case ready(pid_t)
        /// A worker tells that it cannot serve. Its end follows.
        case failed(pid_t, String)
        case ended(pid_t, ProcessEnd)
        case signal(Int32)
        /// The time that `wakeAt` asked for has come.
        case tick

        /// Whether this is somebody's wish that the node ends.
        package var isStop: Bool { [.signal(SIGTERM), .signal(SIGINT), .signal(SIGQUIT)].contains(self) }
    }

    package enum Action: Sendable, Equatable {
        /// Start a worker. With `reload` from the settings as they are now, with the sockets they ask for.
        case spawn(reload: Bool)
        case signal(pid_t, Int32)
        /// The node serves: say so to the command that waits for it.
        case started
        /// The worker of a reload serves: close the sockets that it has no use for.
        case adopted
        /// The worker of a reload does not serve: close the sockets that only it had a use for.
        case abandoned
        case closeListeners
        case reopenLogs
        case log(LogLevel, String)
        /// End the master. A reason means that the node never served.
        case exit(reason: String?)
    }

    private enum Purpose { case first, replacement, reload }

    private struct Worker {
        let purpose: Purpose
        let since: Double
        var isReady = false
        var isDraining = false
        /// Whether the logs were to be reopened before it could be told so.
        var missedReopen = false
        /// Why it said it could not serve.
        var fault: String?
    }

    private var workers: [pid_t: Worker] = [:]
    private var spawning: Purpose?
    private var reloadIsWanted = false
    private var stop: Stop?
    /// After WINCH: no worker, and none to be started before a reload.
    private var isIdle = false
    private var startIsReported = false
    private var quickEnds = 0
    private var respawnAt: Double?
    private var killAt: Double?

    private enum Stop { case fast, graceful }

    /// A worker that lives shorter than this counts as failing at once.
    private static let shortLifeSeconds = 1.0
    private static let longestPauseSeconds = 1.0
    /// How long after TERM a worker that still lives is killed.
    private static let patienceSeconds = 1.0

    package init() {}

    /// When the machine wants a `.tick`; nil when it waits for other events only.
    package var wakeAt: Double? {
        switch (respawnAt, killAt) {
        case (let one?, let other?): min(one, other)
        case (let one, let other): one ?? other
        }
    }

    package mutating func handle(_ event: Event, now: Double) -> [Action] {
        switch event {
        case .start: spawn(.first)
        case .spawned(let pid): spawned(pid, now)
        case .spawnFailed(let reason): spawnFailed(reason, now)
        case .ready(let pid): ready(pid)
        case .failed(let pid, let reason): failed(pid, reason)
        case .ended(let pid, let end): ended(pid, end, now)
        case .signal(let number): signal(number, now)
        case .tick: tick(now)
        }
    }
}

// MARK: - Starting workers

extension MasterMachine {
    private mutating func spawn(_ purpose: Purpose) -> [Action] {
        spawning = purpose
        respawnAt = nil
        return [.spawn(reload: purpose == .reload)]
    }

    private mutating func spawned(_ pid: pid_t, _ now: Double) -> [Action] {
        workers[pid] = Worker(purpose: spawning ?? .replacement, since: now)
        spawning = nil
        // A stop may have come while the worker was being started.
        return [.log(.notice, "start worker process \(pid)")] + (stop == nil ? [] : [.signal(pid, SIGTERM)])
    }

    private mutating func spawnFailed(_ reason: String, _ now: Double) -> [Action] {
        let purpose = spawning ?? .replacement
        spawning = nil
        return couldNotServe(purpose, reason, now)
    }

    private mutating func ready(_ pid: pid_t) -> [Action] {
        guard let purpose = workers[pid]?.purpose else { return [] }
        workers[pid]?.isReady = true
        guard stop == nil, !isIdle else { return [] }
        var actions: [Action] = workers[pid]?.missedReopen == true ? [.signal(pid, SIGUSR1)] : []
        switch purpose {
        case .first:
            startIsReported = true
            return actions + [.started] + nextReload()
        case .replacement:
            return actions + nextReload()
        case .reload:
            actions.append(.adopted)
            for old in workers.keys.sorted() where old != pid && workers[old]?.isDraining == false {
                actions += drain(old)
            }
            return actions + nextReload()
        }
    }

    private mutating func drain(_ pid: pid_t) -> [Action] {
        workers[pid]?.isDraining = true
        return [.signal(pid, quitSignal(pid))]
    }

    /// A worker that does not serve yet has nothing to finish, and perhaps no handler for QUIT.
    private func quitSignal(_ pid: pid_t) -> Int32 { workers[pid]?.isReady == true ? SIGQUIT : SIGTERM }

    private mutating func failed(_ pid: pid_t, _ reason: String) -> [Action] {
        workers[pid]?.fault = reason
        return [.signal(pid, SIGTERM)]
    }

    /// A worker of this purpose came to nothing.
    private mutating func couldNotServe(_ purpose: Purpose, _ reason: String, _ now: Double) -> [Action] {
        switch purpose {
        case .first:
            return [.log(.emerg, reason), .closeListeners, .exit(reason: reason)]
        case .reload:
            let goesOn = workers.values.contains { $0.isReady && !$0.isDraining }
            let complaint = Action.log(.emerg, "reload failed, the old configuration stays in force: \(reason)")
            if goesOn { return [complaint, .abandoned] + nextReload() }
            return [complaint, .abandoned] + (isIdle ? [] : pause(now))
        case .replacement:
            return [.log(.alert, reason)] + pause(now)
        }
    }

    /// The first replacement comes at once; those that fail quickly wait longer and longer, up to a second.
    private mutating func pause(_ now: Double) -> [Action] {
        if quickEnds == 0 {
            quickEnds = 1
            return spawn(.replacement)
        }
        let seconds = min(Self.longestPauseSeconds, 0.05 * Double(1 << min(quickEnds, 5)))
        quickEnds += 1
        respawnAt = now + seconds
        return []
    }

    private mutating func nextReload() -> [Action] {
        guard reloadIsWanted else { return [] }
        reloadIsWanted = false
        return spawn(.reload)
    }
}

// MARK: - Ends of workers

extension MasterMachine {
    private mutating func ended(_ pid: pid_t, _ end: ProcessEnd, _ now: Double) -> [Action] {
        guard let worker = workers.removeValue(forKey: pid) else { return [] }
        let isExpected = worker.isDraining || stop != nil
        var actions = [Action.log(isExpected ? .notice : .alert, "worker process \(pid) \(end.text)")]
        if stop != nil {
            if workers.isEmpty, spawning == nil { actions += [.closeListeners, .exit(reason: nil)] }
        } else if worker.isDraining {
            return actions
        } else if worker.isReady {
            if now - worker.since >= Self.shortLifeSeconds { quickEnds = 0 }
            actions += pause(now)
        } else {
            actions += couldNotServe(worker.purpose, worker.fault ?? "worker process \(end.text)", now)
        }
        return actions
    }

    private mutating func tick(_ now: Double) -> [Action] {
        var actions: [Action] = []
        if let killAt, now >= killAt {
            self.killAt = nil
            actions += workers.keys.sorted().map { .signal($0, SIGKILL) }
        }
        if let respawnAt, now >= respawnAt {
            self.respawnAt = nil
            if stop == nil { actions += reloadIsWanted ? nextReload() : spawn(.replacement) }
        }
        return actions
    }
}

// MARK: - Signals

extension MasterMachine {
    private mutating func signal(_ number: Int32, _ now: Double) -> [Action] {
        let received = Action.log(.notice, "signal \(number) received")
        switch number {
        case SIGTERM, SIGINT: return [received] + end(.fast, now)
        case SIGQUIT: return [received] + end(.graceful, now)
        case SIGHUP: return [received] + reload()
        case SIGUSR1: return [received, .reopenLogs] + reopenLogs()
        case SIGWINCH: return [received] + idle()
        default: return []
        }
    }

    private mutating func end(_ kind: Stop, _ now: Double) -> [Action] {
        if stop == .fast || stop == kind { return [] }
        stop = kind
        respawnAt = nil
        if workers.isEmpty, spawning == nil {
            return [.closeListeners, .exit(reason: startIsReported ? nil : "stopped while starting")]
        }
        if kind == .fast { killAt = now + Self.patienceSeconds }
        let pids = workers.keys.sorted()
        return [.closeListeners] + pids.map { .signal($0, kind == .fast ? SIGTERM : quitSignal($0)) }
    }

    /// A worker that does not serve yet may have no handler for USR1, which would end it; it is told later.
    private mutating func reopenLogs() -> [Action] {
        let serving = workers.keys.sorted().filter { workers[$0]?.isReady == true }
        for pid in workers.keys where !serving.contains(pid) { workers[pid]?.missedReopen = true }
        return serving.map { .signal($0, SIGUSR1) }
    }

    /// One reload at a time: another one waits until the worker of the first serves or has failed.
    private mutating func reload() -> [Action] {
        guard stop == nil else { return [] }
        isIdle = false
        quickEnds = 0
        if spawning != nil || workers.values.contains(where: { !$0.isReady && !$0.isDraining }) {
            reloadIsWanted = true
            return []
        }
        return spawn(.reload)
    }

    private mutating func idle() -> [Action] {
        guard stop == nil else { return [] }
        isIdle = true
        respawnAt = nil
        return [.closeListeners] + workers.keys.sorted().flatMap { drain($0) }
    }
}
