// Requests by route or by consumer, for the gateway's own series. Clients and configuration decide how many of these
// there are, so the table has a limit: what comes after it is counted together.

import Synchronization

/// Requests of one route or consumer by the first digit of the status; 0 is for what is no status.
package struct ClassCounts: Sendable, Equatable {
    package private(set) var byClass = [UInt64](repeating: 0, count: 6)

    package init() {}

    package func adding(_ other: ClassCounts) -> ClassCounts {
        var sum = self
        for digit in byClass.indices { sum.byClass[digit] &+= other.byClass[digit] }
        return sum
    }

    fileprivate mutating func merge(_ counters: ClassCounters) {
        for digit in byClass.indices { byClass[digit] &+= counters.byClass[digit].load(ordering: .relaxed) }
    }
}

private final class ClassCounters: Sendable {
    fileprivate let byClass = InlineArray<6, Atomic<UInt64>> { _ in Atomic(0) }

    func add(_ status: Int) {
        byClass[(100..<600).contains(status) ? status / 100 : 0].bump(1)
    }
}

/// Requests of the first so many routes or consumers that were met, and of all others together.
package final class SubjectTable: Sendable {
    private struct State {
        var counters: [[UInt8]: ClassCounters] = [:]
        let rest = ClassCounters()
        /// Who is counted alone on some event loop, once nobody is added any more.
        var closed: Set<[UInt8]>?
    }

    private final class Shard: Sendable {
        let state = Mutex(State())
    }

    private let shards: [Shard]
    private let admitted = Mutex<Set<[UInt8]>>([])
    private let limit: Int

    /// - Parameter limit: how many are counted alone.
    package init(limit: Int, loops: Int = 1) {
        self.limit = limit
        shards = (0..<max(loops, 1)).map { _ in Shard() }
    }

    /// Counts a request. To be called on the event loop of that number, since nobody else may write its counters.
    package func count(_ subject: [UInt8], status: Int, loop: Int) {
        let counters = shards[loop].state.withLock { state in
            if let known = state.counters[subject] { return known }
            guard admit(subject, &state) else { return state.rest }
            let made = ClassCounters()
            state.counters[subject] = made
            return made
        }
        counters.add(status)
    }

    private func admit(_ subject: [UInt8], _ state: inout State) -> Bool {
        if let closed = state.closed { return closed.contains(subject) }
        return admitted.withLock { admitted in
            if admitted.contains(subject) { return true }
            guard admitted.count < limit else {
                state.closed = admitted
                return false
            }
            admitted.insert(subject)
            return true
        }
    }

    /// The sums of this moment; `rest` is of those beyond the limit.
    package func all() -> (alone: [[UInt8]: ClassCounts], rest: ClassCounts) {
        var alone: [[UInt8]: ClassCounts] = [:]
        var rest = ClassCounts()
        for shard in shards {
            let (counters, others) = shard.state.withLock { ($0.counters, $0.rest) }
            for (subject, count) in counters { alone[subject, default: ClassCounts()].merge(count) }
            rest.merge(others)
        }
        return (alone, rest)
    }
}
