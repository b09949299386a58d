// Counts for the whole cluster in the store's tables. What requests ask while a statement is under way goes into the
// next one together: however many there are, each table has one conversation with the database at a time.

import PluginKit
import Store
import Synchronization

/// The counters of a node's PostgreSQL store.
package final class StoreCounters: SharedCounters {
    package typealias Done = @Sendable ([Int]?) -> Void

    private struct Inbox {
        var pending: [SharedCounterTable: CounterBatch] = [:]
        /// Tables with a conversation under way.
        var busy: Set<SharedCounterTable> = []
    }

    private let store: PostgresStore
    private let inbox = Mutex(Inbox())

    package init(_ store: PostgresStore) {
        self.store = store
    }

    package func take(_ table: SharedCounterTable, _ limits: [SharedLimit], _ done: @escaping Done) {
        note(table) { $0.takes.append(.init(limits: limits, done: done)) }
    }

    package func read(_ table: SharedCounterTable, _ counters: [SharedCounter], _ done: @escaping Done) {
        note(table) { $0.reads.append(.init(counters: counters, done: done)) }
    }

    package func add(_ table: SharedCounterTable, _ amounts: [SharedCounter: Int]) {
        note(table) { $0.amounts.merge(amounts, uniquingKeysWith: +) }
    }

    private func note(_ table: SharedCounterTable, _ change: (inout CounterBatch) -> Void) {
        let isFirst = inbox.withLock { inbox in
            change(&inbox.pending[table, default: CounterBatch()])
            return inbox.busy.insert(table).inserted
        }
        if isFirst { Task(priority: .medium) { await converse(table) } }
    }

    private func converse(_ table: SharedCounterTable) async {
        while let batch = next(table) { await batch.carryOut(in: table.rawValue, store) }
    }

    private func next(_ table: SharedCounterTable) -> CounterBatch? {
        inbox.withLock { inbox in
            guard let batch = inbox.pending.removeValue(forKey: table) else {
                inbox.busy.remove(table)
                return nil
            }
            return batch
        }
    }
}
