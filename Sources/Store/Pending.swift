// A transaction between its commit and the moment at which this node's listener has been told of it. Who must not keep
// others waiting goes on meanwhile: the next write can begin.

import Schema

/// A transaction that is on the disk.
package struct Pending: Sendable {
    /// As in `Committed`.
    package let results: [Row?]
    private let settle: @Sendable () async -> Committed

    package init(results: [Row?], settle: @escaping @Sendable () async -> Committed) {
        self.results = results
        self.settle = settle
    }

    /// One of which the listener has been told already.
    package init(_ committed: Committed) {
        self.init(results: committed.results) { committed }
    }

    /// Returns when the listener has been told.
    package func told() async -> Committed { await settle() }
}
