// The queue of log entries: when batches are closed, how often they are tried, and what is lost when.

import PluginKit
import Plugins
import Testing

struct BatchQueueTests {
    private static func queue(_ change: (inout BatchQueue.Rules) -> Void = { _ in }) -> BatchQueue {
        var rules = BatchQueue.Rules()
        change(&rules)
        return BatchQueue(rules)
    }

    private static func sent(_ actions: [BatchQueue.Action]) -> [BatchQueue.Batch] {
        actions.compactMap { if case .send(let batch) = $0 { batch } else { nil } }
    }

    private static func texts(_ actions: [BatchQueue.Action]) -> [[String]] {
        sent(actions).map { $0.entries.map { String(decoding: $0, as: UTF8.self) } }
    }

    private static func pauses(_ actions: [BatchQueue.Action]) -> [Int64] {
        actions.compactMap { if case .wake(let delay) = $0 { delay } else { nil } }
    }

    @Test func `an entry alone is sent at once where a batch has room for one`() {
        var queue = Self.queue()
        let actions = queue.add("a".bytes, now: 0)
        #expect(Self.texts(actions) == [["a"]])
        #expect(Self.pauses(actions) == [])
    }

    @Test func `a batch is sent when it is full`() {
        var queue = Self.queue { $0.batchSize = 3 }
        #expect(queue.add("a".bytes, now: 0) == [.wake(afterMilliseconds: 2000)])
        #expect(queue.add("b".bytes, now: 10) == [])
        #expect(Self.texts(queue.add("c".bytes, now: 20)) == [["a", "b", "c"]])
    }

    @Test func `a batch that stays unfinished is sent once no entry has come for the time`() {
        var queue = Self.queue { $0.batchSize = 3 }
        _ = queue.add("a".bytes, now: 0)
        _ = queue.add("b".bytes, now: 1500)
        #expect(queue.timePassed(now: 2000) == [.wake(afterMilliseconds: 2000)])
        #expect(queue.timePassed(now: 3000) == [])
        #expect(Self.texts(queue.timePassed(now: 4000)) == [["a", "b"]])
        #expect(queue.add("c".bytes, now: 4100) == [.wake(afterMilliseconds: 2000)])
    }

    @Test func `a failure is tried again after pauses that grow as squares, up to a minute`() {
        var queue = Self.queue { $0.retryCount = 12 }
        var batches = Self.sent(queue.add("a".bytes, now: 0))
        var now: Int64 = 0
        var pauses: [Int64] = []
        while let batch = batches.first {
            let actions = queue.failed(batch, "closed", now: now)
            guard let pause = Self.pauses(actions).first else { break }
            #expect(actions.first == .warn("failed to process entries: closed"))
            pauses.append(pause)
            #expect(Self.sent(queue.timePassed(now: now + pause - 1)) == [])
            now += pause
            batches = Self.sent(queue.timePassed(now: now))
        }
        #expect(pauses == [4, 9, 16, 25, 36, 49, 60, 60, 60, 60, 60].map { $0 * 1000 })
        #expect(queue.isEmpty)
    }

    @Test func `what has failed too often is dropped, and told`() throws {
        var queue = Self.queue { $0.retryCount = 1 }
        let batch = try #require(Self.sent(queue.add("a".bytes, now: 0)).first)
        let actions = queue.failed(batch, "timeout", now: 5)
        #expect(actions == [.complain("entry batch was already tried 1 times, dropping it: timeout")])
        #expect(queue.isEmpty)
        #expect(Self.texts(queue.add("b".bytes, now: 6)) == [["b"]])
    }

    @Test func `one batch at a time asks a receiver that has failed`() throws {
        var queue = Self.queue { $0.parallel = 2 }
        let first = try #require(Self.sent(queue.add("a".bytes, now: 0)).first)
        let second = try #require(Self.sent(queue.add("b".bytes, now: 0)).first)
        #expect(queue.add("c".bytes, now: 0) == [], "two are under way")
        #expect(Self.pauses(queue.failed(first, "closed", now: 1)) == [4000])
        #expect(Self.pauses(queue.failed(second, "closed", now: 1)) == [], "the same failure")
        #expect(queue.add("d".bytes, now: 2) == [])
        let again = queue.timePassed(now: 4001)
        #expect(Self.texts(again) == [["c"]])
        let sent = try #require(Self.sent(again).first)
        #expect(Self.texts(queue.sent(sent, now: 4100)) == [["a"], ["b"]], "it is back")
    }

    @Test func `what nobody takes is held up to a limit, and then counted`() {
        var queue = Self.queue {
            $0.backlogBytes = 10
            $0.parallel = 1
        }
        let batches = Self.sent(queue.add("12345".bytes, now: 0))
        #expect(queue.add("67890".bytes, now: 0) == [])
        let lost = queue.add("x".bytes, now: 5)
        #expect(lost == [.complain("10 bytes of entries wait for the receiver, 1 more dropped")])
        #expect(queue.add("y".bytes, now: 6) == [], "told once a second")
        #expect(queue.add("z".bytes, now: 7) == [])
        let later = queue.add("z".bytes, now: 1006)
        #expect(later == [.complain("10 bytes of entries wait for the receiver, 3 more dropped")])
        for batch in batches { #expect(Self.texts(queue.sent(batch, now: 2000)) == [["67890"]]) }
        #expect(queue.add("w".bytes, now: 2001) == [], "there is room again")
    }

    @Test func `at the end everything is sent, and failures are tried again soon`() throws {
        var queue = Self.queue { $0.batchSize = 5 }
        _ = queue.add("a".bytes, now: 0)
        let batch = try #require(Self.sent(queue.end(now: 1)).first)
        #expect(Self.pauses(queue.failed(batch, "closed", now: 2)) == [1000])
        #expect(!queue.isEmpty)
        let again = try #require(Self.sent(queue.timePassed(now: 1002)).first)
        #expect(queue.sent(again, now: 1003) == [])
        #expect(queue.isEmpty)
        #expect(Self.texts(queue.add("late".bytes, now: 1004)) == [["late"]])
    }
}
