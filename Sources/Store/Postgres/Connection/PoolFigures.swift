// What the pool tells of itself, for whoever watches a node.

/// The figures of a pool of connections. The connection that follows changes is not among them.
package struct PoolFigures: Sendable, Equatable {
    /// How many connections there may be at once.
    package var limit = 0
    /// Connections that something is done with now, those that are being opened included.
    package var inUse = 0
    /// Connections that are open and wait for something to do.
    package var idle = 0
    /// Calls that wait for a connection.
    package var waiting = 0
    /// Calls that have ended, and what they took with their connections in all. A call is a read or a transaction.
    package var calls = 0
    package var callMicroseconds = 0
    /// Calls that failed, by why: no connection or a lost one, no answer in time, refused by the server.
    package var unreachable = 0
    package var timeouts = 0
    package var refused = 0

    package init() {}

    mutating func add(_ error: PostgresError) {
        switch error.cause {
        case .unreachable: unreachable += 1
        case .timeout: timeouts += 1
        case .refused: refused += 1
        }
    }
}
