// The change feed. One listener is given when a store is opened, so that no change can be missed or heard twice.

/// What a store tells its listener.
package enum Change: Sendable {
    /// A transaction of this node or, where the store hears of them, of another one.
    case committed(Committed)
    /// Everything may have changed: a declarative load, another process that wrote the file, a connection that was
    /// lost and so may have missed notifications.
    case replaced(Dataset)

    package var revision: UInt64 {
        switch self {
        case .committed(let committed): committed.revision
        case .replaced(let dataset): dataset.revision
        }
    }
}

/// Hears every change in the order of the commits, one at a time and before `apply` returns to its caller. It holds up
/// the next write while it runs: take note (update a `Dataset`, wake the compiler) and return.
package typealias ChangeListener = @Sendable (Change) -> Void
