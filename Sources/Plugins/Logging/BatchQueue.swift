// Entries on their way to a receiver, in batches and with retries: Kong's kong.tools.batch_queue as a value that is
// told what happens and says what to do. Times are milliseconds of any clock that does not go back.

import NIOCore

package struct BatchQueue {
    package struct Rules: Sendable, Hashable {
        /// How many entries a batch has at most.
        package var batchSize = 1
        /// How often a batch is tried in all.
        package var retryCount = 10
        /// How long the queue waits for another entry before an unfinished batch is sent.
        package var flushMilliseconds: Int64 = 2000
        /// How many bytes of entries wait at most, those under way included.
        package var backlogBytes = 16 << 20
        /// How many batches are under way at once while the receiver takes them.
        package var parallel = 8

        package init() {}
    }

    package struct Batch: Equatable {
        package var entries: [[UInt8]] = []
        /// How often it was tried.
        package var tries = 0
        fileprivate var bytes = 0

        package static func == (left: Batch, right: Batch) -> Bool {
            left.entries == right.entries && left.tries == right.tries
        }
    }

    package enum Action: Equatable {
        /// To be answered by `sent` or `failed`.
        case send(Batch)
        /// Call `timePassed` then.
        case wake(afterMilliseconds: Int64)
        case warn(String)
        case complain(String)
    }

    private static let longestPauseMilliseconds: Int64 = 60_000
    private static let pauseAtEndMilliseconds: Int64 = 1000
    private static let complaintMilliseconds: Int64 = 1000

    private let rules: Rules
    private var current = Batch()
    private var ready = CircularBuffer<Batch>()
    private var underWay = 0
    private var bytes = 0
    private var lastAdded: Int64 = 0
    /// When the queue looks whether entries still come.
    private var flushAt: Int64?
    /// Until when nothing is sent since the receiver failed.
    private var pausedUntil: Int64?
    /// One more than the failures since the last success.
    private var delay: Int64 = 1
    private var lost = 0
    private var complainedAt: Int64?
    private var isEnding = false

    package init(_ rules: Rules) {
        self.rules = rules
    }

    /// Whether everything was sent, or given up.
    package var isEmpty: Bool { current.entries.isEmpty && ready.isEmpty && underWay == 0 }

    /// How many entries wait or are under way in batches that were tried before.
    package var waiting: Int { current.entries.count + ready.reduce(0) { $0 + $1.entries.count } }

    package mutating func add(_ entry: [UInt8], now: Int64) -> [Action] {
        guard bytes + entry.count <= rules.backlogBytes else { return lose(now) }
        current.entries.append(entry)
        current.bytes += entry.count
        bytes += entry.count
        lastAdded = now
        if current.entries.count >= rules.batchSize || isEnding { return close(now) }
        guard flushAt == nil else { return [] }
        return [wakeToFlush(now)]
    }

    /// What `wake` asked for; to be called too early does no harm.
    package mutating func timePassed(now: Int64) -> [Action] {
        var actions: [Action] = []
        if let due = flushAt, due <= now {
            if now - lastAdded < rules.flushMilliseconds {
                actions.append(wakeToFlush(now))
            } else {
                flushAt = nil
                actions += close(now)
            }
        }
        if let until = pausedUntil, until <= now {
            pausedUntil = nil
            actions += dispatch(now)
        }
        return actions
    }

    package mutating func sent(_ batch: Batch, now: Int64) -> [Action] {
        underWay -= 1
        bytes -= batch.bytes
        delay = 1
        pausedUntil = nil
        return dispatch(now)
    }

    package mutating func failed(_ batch: Batch, _ reason: String, now: Int64) -> [Action] {
        underWay -= 1
        var batch = batch
        batch.tries += 1
        var actions: [Action] = []
        if batch.tries < rules.retryCount {
            actions.append(.warn("failed to process entries: \(reason)"))
            ready.append(batch)
        } else {
            bytes -= batch.bytes
            let tries = "entry batch was already tried \(batch.tries) times, dropping it"
            actions.append(.complain("\(tries): \(reason)"))
        }
        // Of several that were under way when the receiver failed, the first one counts.
        if pausedUntil == nil {
            delay += 1
            if !ready.isEmpty { actions.append(pause(now)) }
        }
        return actions
    }

    /// Sends what there is, since the worker ends.
    package mutating func end(now: Int64) -> [Action] {
        isEnding = true
        pausedUntil = nil
        return close(now)
    }

    private mutating func wakeToFlush(_ now: Int64) -> Action {
        flushAt = now + rules.flushMilliseconds
        return .wake(afterMilliseconds: rules.flushMilliseconds)
    }

    private mutating func close(_ now: Int64) -> [Action] {
        if !current.entries.isEmpty {
            ready.append(current)
            current = Batch()
        }
        return dispatch(now)
    }

    private mutating func dispatch(_ now: Int64) -> [Action] {
        guard pausedUntil == nil else { return [] }
        var actions: [Action] = []
        // One that has failed is not asked for several things at once.
        while underWay < (delay == 1 ? rules.parallel : 1), let next = ready.popFirst() {
            underWay += 1
            actions.append(.send(next))
        }
        return actions
    }

    private mutating func pause(_ now: Int64) -> Action {
        let usual = min(Self.longestPauseMilliseconds, delay * delay * 1000)
        let pause = isEnding ? Self.pauseAtEndMilliseconds : usual
        pausedUntil = now + pause
        return .wake(afterMilliseconds: pause)
    }

    private mutating func lose(_ now: Int64) -> [Action] {
        lost += 1
        if let last = complainedAt, now - last < Self.complaintMilliseconds { return [] }
        complainedAt = now
        defer { lost = 0 }
        return [.complain("\(rules.backlogBytes) bytes of entries wait for the receiver, \(lost) more dropped")]
    }
}
