// The master process: holds the listening sockets and the pid file, keeps one worker alive, and obeys signals.
// One thread that sleeps until a signal comes; neither NIO nor Foundation runs here, so that little can go wrong.

import Glibc

/// The master of the node in one prefix. What it decides is `MasterMachine`'s; here are its hands.
package struct Master {
    let launch: MasterLaunch
    let nodeID = NodeID.random()
    private let parent = getppid()
    private var machine = MasterMachine()
    private var queue: [MasterMachine.Event] = [.start]
    var settings: AcceptedSettings
    /// What a reload has read; in force once its worker serves.
    var candidate: AcceptedSettings?
    var sockets = ListenSockets()
    var log = ErrorLog()
    var program = ProgramFile()
    let supervisor = SystemdNotification(Environment.current[SystemdNotification.variable])
    /// Of workers that live: what each has written about its start, and the pipe it comes from. The pipe stays open:
    /// its end tells the worker that the master is dead.
    var reports: [pid_t: (reader: Int32, bytes: [UInt8], isDone: Bool)] = [:]
    var carryovers = CarryoverBook()
    /// Closed once the command that waits for the start knows how it went.
    var reportFD: Int32?

    private static let signals = [SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGWINCH, SIGCHLD]
    /// While a worker starts, its pipe is looked at this often; afterwards only signals wake the master.
    private static let pollSeconds = 0.005
    /// In the foreground the master ends with the command that it belongs to, which it looks for this often.
    private static let parentCheckSeconds = 1.0

    /// Runs a node until it is stopped.
    package static func run(_ launch: MasterLaunch) -> Never {
        blockSignals()
        ProcessRole.takeName()
        setsid()
        raiseOpenFiles()
        _ = fcntl(launch.reportFD, F_SETFD, FD_CLOEXEC)
        do throws(StartFault) {
            var master = try Master(launch)
            try master.prepare()
            while true { master.step() }
        } catch {
            StartReport.failed(error.text).write(to: launch.reportFD)
            exit(1)
        }
    }

    private init(_ launch: MasterLaunch) throws(StartFault) {
        self.launch = launch
        reportFD = launch.reportFD
        settings = try AcceptedSettings(prefix: launch.prefix)
    }

    /// What must be in place before the first worker starts.
    private mutating func prepare() throws(StartFault) {
        log.open(settings.value)
        warnAboutAdmin()
        try openSockets(settings.value)
        do throws(FileFault) {
            try TextFile.write(settings.value.paths.pidFile, "\(getpid())\n", newMode: 0o644)
        } catch {
            throw StartFault(text: "open() \"\(settings.value.paths.pidFile)\" failed (\(error.code): \(error.reason))")
        }
        if !launch.isForeground {
            chdir(settings.value.prefix)
            log.takeStandardError()
        }
    }

    /// At the start and after every reload, since the log is where it is read.
    func warnAboutAdmin() {
        if let warning = settings.value.adminExposure { log.write(.warn, warning) }
    }

    private mutating func step() {
        while !queue.isEmpty {
            let event = queue.removeFirst()
            if event.isStop { supervisor?.send(.stopping) }
            for action in machine.handle(event, now: Moment.now) { perform(action) }
        }
        wait()
        for pid in reports.keys { readReport(pid, isWhole: false) }
        if let wakeAt = machine.wakeAt, Moment.now >= wakeAt { queue.append(.tick) }
        if launch.isForeground, getppid() != parent { queue.append(.signal(SIGTERM)) }
    }

    /// Tells the machine what became of its last action, before anything else that has happened.
    mutating func answer(_ event: MasterMachine.Event) { queue.insert(event, at: 0) }
}

// MARK: - Waiting

extension Master {
    private static var waitSet: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }

    private static func blockSignals() {
        var set = waitSet
        sigaddset(&set, SIGPIPE)
        sigprocmask(SIG_BLOCK, &set, nil)
    }

    private mutating func wait() {
        var set = Self.waitSet
        var number: Int32
        if let seconds = waitSeconds {
            var limit = timespec(seconds)
            number = sigtimedwait(&set, nil, &limit)
        } else {
            number = sigwaitinfo(&set, nil)
        }
        if number == SIGCHLD {
            reap()
        } else if number > 0 {
            queue.append(.signal(number))
        }
    }

    /// Nil to wait for a signal without end.
    private var waitSeconds: Double? {
        if reports.values.contains(where: { !$0.isDone }) { return Self.pollSeconds }
        if let wakeAt = machine.wakeAt { return max(0, wakeAt - Moment.now) }
        return launch.isForeground ? Self.parentCheckSeconds : nil
    }

    private mutating func reap() {
        var status: Int32 = 0
        while true {
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { return }
            readReport(pid, isWhole: true)
            if let report = reports.removeValue(forKey: pid) { close(report.reader) }
            for descriptor in carryovers.ended(pid) { close(descriptor) }
            queue.append(.ended(pid, ProcessEnd(status: status)))
        }
    }

    /// Takes what a worker has written about its start.
    private mutating func readReport(_ pid: pid_t, isWhole: Bool) {
        guard var report = reports[pid], !report.isDone else { return }
        var chunk = [UInt8](repeating: 0, count: 4096)
        var isAtEnd = isWhole
        while true {
            let count = read(report.reader, &chunk, chunk.count)
            if count > 0 { report.bytes.append(contentsOf: chunk[..<count]) }
            if count == 0 { isAtEnd = true }
            if count <= 0 { break }
        }
        if let outcome = StartReport(report.bytes, isWhole: isAtEnd) {
            report.isDone = true
            switch outcome {
            case .ready:
                queue.append(.ready(pid))
                for descriptor in carryovers.served(pid) { close(descriptor) }
                // Starting a worker has read in code again.
                StartupPages.release()
            case .failed(let reason): queue.append(.failed(pid, reason))
            }
        }
        reports[pid] = report
    }
}
