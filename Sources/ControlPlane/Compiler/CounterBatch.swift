// What requests asked of the cluster's counters at about the same time, and how all of it is done in a few statements.

import PluginKit
import Store

/// Changes of and questions for the counters of one table.
struct CounterBatch: Sendable {
    struct Take: Sendable {
        let limits: [SharedLimit]
        let done: StoreCounters.Done

        /// What was counted before and has no place left: counts only grow, so that is the last word.
        func isRefused(_ counts: [StoredCounter: Int]) -> Bool {
            limits.contains { Double(counts[StoredCounter($0.counter)] ?? 0) >= $0.limit }
        }
    }

    struct Read: Sendable {
        let counters: [SharedCounter]
        let done: StoreCounters.Done
    }

    var amounts: [SharedCounter: Int] = [:]
    var takes: [Take] = []
    var reads: [Read] = []

    /// Every `done` is called once.
    func carryOut(in table: String, _ store: PostgresStore) async {
        if !amounts.isEmpty {
            let amounts = amounts.reduce(into: [:]) { $0[StoredCounter($1.key), default: 0] += $1.value }
            _ = try? await store.count(table, amounts)
        }
        let asked = Set(
            (takes.flatMap { $0.limits.map(\.counter) } + reads.flatMap(\.counters)).map(StoredCounter.init))
        guard !asked.isEmpty else { return }
        guard let counts = try? await store.counts(table, Array(asked)) else { return fail() }
        for read in reads { read.done(read.counters.map { counts[StoredCounter($0)] ?? 0 }) }
        var candidates: [Take] = []
        for take in takes {
            if take.isRefused(counts) {
                take.done(take.limits.map { counts[StoredCounter($0.counter)] ?? 0 })
            } else {
                candidates.append(take)
            }
        }
        await count(candidates, in: table, store)
    }

    /// Counts for all of them and gives back for those that were not the first.
    private func count(_ candidates: [Take], in table: String, _ store: PostgresStore) async {
        guard !candidates.isEmpty else { return }
        var demand: [StoredCounter: Int] = [:]
        for limit in candidates.flatMap(\.limits) { demand[StoredCounter(limit.counter), default: 0] += 1 }
        let before = try? await store.count(table, demand) { Self.settle(candidates, $0).refund }
        guard let before else {
            for take in candidates { take.done(nil) }
            return
        }
        for (take, used) in zip(candidates, Self.settle(candidates, before).used) { take.done(used) }
    }

    /// Who gets a place, one after the other: what each one found counted, and what was counted for those without.
    private static func settle(
        _ candidates: [Take], _ before: [StoredCounter: Int]
    ) -> (used: [[Int]], refund: [StoredCounter: Int]) {
        var counts = before
        var refund: [StoredCounter: Int] = [:]
        let used = candidates.map { take in
            let counters = take.limits.map { StoredCounter($0.counter) }
            let used = counters.map { counts[$0] ?? 0 }
            let isRefused = take.isRefused(counts)
            for counter in counters {
                if isRefused { refund[counter, default: 0] += 1 } else { counts[counter, default: 0] += 1 }
            }
            return used
        }
        return (used, refund)
    }

    private func fail() {
        for take in takes { take.done(nil) }
        for read in reads { read.done(nil) }
    }
}

extension StoredCounter {
    fileprivate init(_ counter: SharedCounter) {
        self.init(
            identifier: counter.identifier, period: counter.period, startSeconds: counter.windowStart / 1000,
            serviceID: counter.serviceID, routeID: counter.routeID)
    }
}
