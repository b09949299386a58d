// What a transaction did, row by row. The snapshot compiler applies it to its data set, the cluster's events and the
// cache invalidations of other nodes are made from it, and the Admin API answers from it.

import Schema

/// The outcome of one transaction.
package struct Committed: Sendable {
    /// Counts the transactions of this store from its opening on; the first is 1.
    package let revision: UInt64
    /// Every row that changed, in the order of the changes. Rows that a delete takes along come before the row itself,
    /// so that no effect leaves a reference into the void.
    package let effects: [Effect]
    /// The row that each write left behind, one a write; nil for deletes.
    package let results: [Row?]

    package init(revision: UInt64, effects: [Effect], results: [Row?]) {
        self.revision = revision
        self.effects = effects
        self.results = results
    }
}

/// One row's change.
package struct Effect: Sendable {
    package enum Operation: String, Sendable {
        case create, update, delete
    }

    package let entity: String
    package let operation: Operation
    /// The primary key, as text.
    package let id: String
    /// The row before, nil when it was created.
    package let old: Row?
    /// The row after, nil when it was deleted.
    package let new: Row?
    /// The entity whose deletion caused this one, for rows that went along or lost their reference.
    package let causedBy: String?

    package init(
        _ operation: Operation, _ entity: String, id: String, old: Row?, new: Row?, causedBy: String? = nil
    ) {
        self.entity = entity
        self.operation = operation
        self.id = id
        self.old = old
        self.new = new
        self.causedBy = causedBy
    }
}
