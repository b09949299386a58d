// How often each status was answered, counted by one event loop and read by any thread. A service answers with a
// handful of statuses: each takes the next free place. An upstream that invents statuses ends in a locked table.

import Synchronization

/// Counts by status.
struct StatusCounters: ~Copyable, Sendable {
    /// A status and its count; status 0 where the place is free.
    private let statuses = InlineArray<12, Atomic<Int>> { _ in Atomic(0) }
    private let counts = InlineArray<12, Atomic<UInt64>> { _ in Atomic(0) }
    private let others = Mutex<[Int: UInt64]>([:])

    /// To be called by one thread only.
    func add(_ status: Int) {
        for place in statuses.indices {
            let known = statuses[place].load(ordering: .relaxed)
            if known == 0, status > 0 { statuses[place].store(status, ordering: .relaxed) }
            if known == status || known == 0, status > 0 { return counts[place].bump(1) }
        }
        others.withLock { $0[status, default: 0] += 1 }
    }

    func read(_ body: (_ status: Int, _ count: UInt64) -> Void) {
        for place in statuses.indices {
            let status = statuses[place].load(ordering: .relaxed)
            let count = counts[place].load(ordering: .relaxed)
            // A count of 0 belongs to a status that is being stored at this moment.
            if status > 0, count > 0 { body(status, count) }
        }
        let rest = others.withLock { $0 }
        for (status, count) in rest { body(status, count) }
    }
}
