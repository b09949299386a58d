// The thread that follows the database and is the only one that tells the listener of changes, a node's own ones
// included: so they come one at a time and in the order in which the database has them. It outlives every connection.

import Foundation
import Schema
import Synchronization

/// Connects, follows, reconnects.
final class PostgresFeed: Sendable {
    /// Hooks for those who want to know more than rows.
    struct Hooks: Sendable {
        var listener: ChangeListener
        /// Gets every data set that is new, to keep it on disk.
        var kept: @Sendable (Dataset) -> Void
        var health: @Sendable (TargetHealth) -> Void
        var report: @Sendable (_ text: String) -> Void
    }

    private enum Condition {
        case opening
        /// The node serves kept rows and has not heard of the database yet.
        case late
        case live
        case away(PostgresError)
        case closed
    }

    private struct State {
        var condition = Condition.opening
        var dataset: Dataset
        var opened: CheckedContinuation<Void, any Error>?
        /// Those who wait until all that is committed now has been told.
        var waiters: [Waiter] = []
    }

    private struct Waiter {
        /// One of the rows that announce what it waits for.
        let eventID: String?
        let continuation: CheckedContinuation<UInt64, Never>
    }

    private let settings: PostgresSettings
    private let tables: PostgresTables
    private let nodeID: String
    private let hooks: Hooks
    private let state: Mutex<State>
    private let waker: Waker
    private let silence = Silence()

    /// How long to wait between two tries to connect: recovery takes no longer than this and the try itself.
    private static let pauseMilliseconds: Int32 = 200
    /// A host that answers at all does so within this time.
    private static let patience: Duration = .milliseconds(700)
    private static let cleanupInterval: Duration = .seconds(60)
    /// A node that has rows to begin with waits for a silent database no longer than this.
    private static let longestSilence: Duration = .milliseconds(250)

    init(
        _ settings: PostgresSettings, _ tables: PostgresTables, nodeID: String, from dataset: Dataset, _ hooks: Hooks
    ) throws(StoreError) {
        self.settings = settings
        self.tables = tables
        self.nodeID = nodeID
        self.hooks = hooks
        state = Mutex(State(dataset: dataset))
        waker = try Waker()
    }

    deinit {
        waker.close()
    }

    /// Starts to follow and returns when the first connection has loaded everything, or when that need not be waited
    /// for: what the database has then comes as a change.
    ///
    /// - Parameter canServe: whether there is something to go on with when the database is away.
    func open(canServe: Bool) async throws {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { $0.opened = continuation }
            let thread = Thread { [self] in run(canServe: canServe) }
            thread.name = "postgres feed"
            thread.start()
            if canServe { watchSilence() }
        }
    }

    /// Lets the node begin once the database has been silent for too long.
    private func watchSilence() {
        let rest = Self.longestSilence - silence.duration
        if rest > .zero {
            guard isOpening else { return }
            let pause = DispatchTime.now() + .milliseconds(Int(rest / .milliseconds(1)) + 1)
            return DispatchQueue.global().asyncAfter(deadline: pause) { [weak self] in self?.watchSilence() }
        }
        let opened = state.withLock { state in
            if case .opening = state.condition { state.condition = .late }
            defer { state.opened = nil }
            return state.opened
        }
        guard let opened else { return }
        hooks.report("the database \(settings.address) does not answer yet: serving the rows of the last run")
        opened.resume()
    }

    private var isOpening: Bool {
        state.withLock { if case .opening = $0.condition { true } else { false } }
    }

    func close() {
        state.withLock { $0.condition = .closed }
        waker.wake()
    }

    var dataset: Dataset { state.withLock { $0.dataset } }

    /// Why the database cannot be used now; nil when it can.
    var outage: PostgresError? {
        state.withLock { if case .away(let error) = $0.condition { error } else { nil } }
    }

    /// Returns when the listener has been told of all that was committed before the call, or when the database went
    /// away meanwhile: then it hears all of it when that is back.
    ///
    /// - Parameter eventID: one of the rows of cluster_events that announce it: when that has been read already, there
    ///   is nothing to wait for.
    /// - Returns: the revision that has it.
    func caughtUp(with eventID: String?) async -> UInt64 {
        await withCheckedContinuation { continuation in
            let revision: UInt64? = state.withLock { state in
                switch state.condition {
                case .away, .closed: return state.dataset.revision
                case .opening, .late, .live: state.waiters.append(Waiter(eventID: eventID, continuation: continuation))
                }
                return nil
            }
            if let revision { continuation.resume(returning: revision) }
            waker.wake()
        }
    }
}

// MARK: - The thread

extension PostgresFeed {
    private func run(canServe: Bool) {
        var follower = Follower(tables, dataset, EventLog(settings, nodeID: nodeID))
        while !isClosed {
            do {
                let connection = try PostgresConnection(settings, patience: Self.patience, silence: silence)
                try begin(&follower, connection)
                try follow(&follower, connection)
            } catch {
                guard goAway(error, canServe: canServe) else { return }
                waker.wait(milliseconds: Self.pauseMilliseconds)
            }
        }
    }

    private var isClosed: Bool {
        state.withLock { if case .closed = $0.condition { true } else { false } }
    }

    private func begin(_ follower: inout Follower, _ connection: PostgresConnection) throws {
        let isDifferent = try follower.load(connection)
        let dataset = follower.dataset
        let (opened, wasAway) = state.withLock { state in
            let wasAway =
                switch state.condition {
                case .away, .late: true
                case .opening, .live, .closed: false
                }
            if case .closed = state.condition {} else { state.condition = .live }
            state.dataset = dataset
            defer { state.opened = nil }
            return (state.opened, wasAway)
        }
        if wasAway { hooks.report("the database \(settings.address) is back") }
        if isDifferent || opened != nil { hooks.kept(dataset) }
        if isDifferent { hooks.listener(.replaced(dataset)) }
        opened?.resume()
    }

    /// Goes on until the connection breaks or the feed is closed.
    private func follow(_ follower: inout Follower, _ connection: PostgresConnection) throws {
        var nextPoll = ContinuousClock.now + settings.pollInterval
        var nextCleanup = ContinuousClock.now + Self.cleanupInterval
        while !isClosed {
            let waiters = takeWaiters()
            let late = waiters.filter { !follower.hasRead($0.eventID) }
            if late.count < waiters.count { resume(waiters.filter { follower.hasRead($0.eventID) }) }
            let isPoll = nextPoll <= .now
            let hasNews = follower.hear(connection.takeNotifications(), schema: connection.schema)
            if hasNews || isPoll || !late.isEmpty {
                defer { resume(late) }
                connection.renewDeadline()
                let step = try follower.advance(connection, isPoll: isPoll)
                if let committed = step.committed { tell(committed, follower.dataset) }
                for health in step.health.compactMap({ TargetHealth($0, follower.dataset) }) { hooks.health(health) }
                if isPoll { nextPoll = .now + settings.pollInterval }
                continue
            }
            if nextCleanup <= .now {
                try cleanUp(&follower, connection)
                nextCleanup = .now + Self.cleanupInterval
            }
            try connection.idle(until: min(nextPoll, nextCleanup), waker: waker.reader)
            waker.drain()
        }
    }

    private func tell(_ committed: Committed, _ dataset: Dataset) {
        state.withLock { $0.dataset = dataset }
        hooks.kept(dataset)
        hooks.listener(.committed(committed))
    }

    /// Removes what has expired, which Kong announces to nobody.
    private func cleanUp(_ follower: inout Follower, _ connection: PostgresConnection) throws {
        connection.renewDeadline()
        for table in tables.all where table.schema.hasTTL {
            try connection.execute("DELETE FROM \(table.table) WHERE ttl < CURRENT_TIMESTAMP")
        }
        if let committed = follower.dropExpired() { tell(committed, follower.dataset) }
    }

    private func takeWaiters() -> [Waiter] {
        state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
    }

    private func resume(_ waiters: [Waiter]) {
        let revision = state.withLock { $0.dataset.revision }
        for waiter in waiters { waiter.continuation.resume(returning: revision) }
    }

    /// - Returns: false when there is nothing to go on with.
    private func goAway(_ error: any Error, canServe: Bool) -> Bool {
        let reason = error as? PostgresError ?? PostgresError(.refused, "\(error)")
        let (opened, isNews) = state.withLock { state in
            let isNews = if case .away = state.condition { false } else { true }
            if case .closed = state.condition {} else { state.condition = .away(reason) }
            defer { state.opened = nil }
            return (state.opened, isNews)
        }
        resume(takeWaiters())
        if let opened {
            guard canServe, reason.isOutage else {
                opened.resume(throwing: error)
                return false
            }
            opened.resume()
        }
        if isNews, !isClosed { hooks.report("the database \(settings.address) is away: \(reason.message)") }
        return true
    }
}
