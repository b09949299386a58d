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

    func write(to writer: inout CarryoverWriter) {
        for count in byClass { writer.number(count) }
    }

    init?(_ reader: inout CarryoverReader) {
        for digit in byClass.indices {
            guard let count = reader.number() else { return nil }
            byClass[digit] = count
        }
    }
}

private final class ClassCounters: Sendable {
    fileprivate let byClass = InlineArray<6, Atomic<UInt64>> { _ in Atomic(0) }

    func add(_ status: Int) {
        byClass[(100..<600).contains(status) ? status / 100 : 0].bump(1)
    }
}

/// The requests of a table's subjects.
package struct SubjectCounts: Sendable, Equatable {
    package var alone: [[UInt8]: ClassCounts] = [:]
    /// Of those beyond the limit.
    package var rest = ClassCounts()

    package init() {}

    package func adding(_ other: SubjectCounts) -> SubjectCounts {
        var sum = self
        sum.alone.merge(other.alone) { $0.adding($1) }
        sum.rest = rest.adding(other.rest)
        return sum
    }

    func write(to writer: inout CarryoverWriter) {
        writer.list(alone) { writer, entry in
            writer.bytes(entry.key)
            entry.value.write(to: &writer)
        }
        rest.write(to: &writer)
    }

    init?(_ reader: inout CarryoverReader) {
        let isWhole = reader.list { reader in
            guard let name = reader.bytes(), let counts = ClassCounts(&reader) else { return false }
            alone[name] = counts
            return true
        }
        guard isWhole, let rest = ClassCounts(&reader) else { return nil }
        self.rest = rest
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
    private let admitted: Mutex<Set<[UInt8]>>
    private let limit: Int
    /// What workers counted that had ended before this one began.
    private let before: SubjectCounts
    /// What those counted that end beside this one, by their place among the node's workers.
    private let beside = Mutex<[Int: SubjectCounts]>([:])

    /// - Parameter limit: how many are counted alone. Workers that end beside this one may bring in others.
    package init(limit: Int, loops: Int = 1, before: SubjectCounts = SubjectCounts()) {
        self.limit = limit
        self.before = before
        admitted = Mutex(Set(before.alone.keys))
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

    /// Takes over what a worker has counted until now that ends beside this one.
    package func inherit(_ counts: SubjectCounts, from place: Int) {
        beside.withLock { $0[place] = counts }
    }

    /// The sums of this moment, of all workers of the node.
    package func all() -> SubjectCounts {
        beside.withLock { $0 }.values.reduce(own()) { $0.adding($1) }
    }

    /// The sums of this moment without those of workers that end beside this one.
    package func own() -> SubjectCounts {
        var sum = before
        for shard in shards {
            let (counters, others) = shard.state.withLock { ($0.counters, $0.rest) }
            for (subject, count) in counters { sum.alone[subject, default: ClassCounts()].merge(count) }
            sum.rest.merge(others)
        }
        return sum
    }
}
