// Writes down what a worker knows, so that another one can go on from there: when somebody asks, from time to time in
// case that the worker is killed, and at its end.

import DataPlane
import Glibc
import PluginKit
import Synchronization

/// Keeps a worker's carryover.
final class CarryoverKeeper: Sendable {
    private let launch: CarryoverLaunch
    private let collect: @Sendable () -> Carryover
    /// Changes with what there is to collect.
    private let activity: @Sendable () -> Int
    /// Done first when another worker asks.
    private let prepare: @Sendable () -> Void
    private let isFinished = Mutex(false)

    /// A killed worker loses what it counted in this time, or in fifty times what it takes to write it down.
    private static let pause: Duration = .seconds(1)

    init(
        _ launch: CarryoverLaunch, collect: @escaping @Sendable () -> Carryover,
        activity: @escaping @Sendable () -> Int, prepare: @escaping @Sendable () -> Void
    ) {
        self.launch = launch
        self.collect = collect
        self.activity = activity
        self.prepare = prepare
        // They are kept from programs that a plugin may start.
        for descriptor in [launch.own.memory, launch.own.asks, launch.questions] {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Writes the first time, then whenever it must.
    func start() {
        _ = write()
        _ = NamedThread.start("carryover") { [self] in serve() }
    }

    /// Has it written soon, from any thread and without waiting.
    func touch() {
        var byte: UInt8 = 0
        _ = Glibc.write(launch.own.asks, &byte, 1)
    }

    /// Writes for the last time. What is counted later is lost.
    func finish() {
        isFinished.withLock { isFinished in
            var last = collect()
            last.gauges = [:]
            CarryoverMemory(launch.own.memory).write(last.bytes)
            isFinished = true
        }
    }

    private func serve() {
        var pause = Self.pause
        var written = activity()
        while true {
            let isAsked = waitForQuestion(pause)
            let now = activity()
            if isAsked { prepare() }
            guard isAsked || now != written else { continue }
            written = now
            let took = write()
            pause = max(Self.pause, took * 50)
            // However often it is asked, this is not to become the worker's main work.
            Moment.sleep(max(0.002, took / .seconds(1)))
        }
    }

    /// - Returns: how long it took.
    private func write() -> Duration {
        isFinished.withLock { isFinished in
            let start = ContinuousClock.now
            if !isFinished { CarryoverMemory(launch.own.memory).write(collect().bytes) }
            return .now - start
        }
    }

    /// - Returns: whether somebody asks, as opposed to that the time is over.
    private func waitForQuestion(_ pause: Duration) -> Bool {
        var poller = pollfd(fd: launch.questions, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, Int32(clamping: Int(pause / .milliseconds(1)))) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(launch.questions, &bytes, bytes.count) == bytes.count {}
        return true
    }
}
