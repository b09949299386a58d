// Counters that all nodes of a cluster share, as the limiting plugins need them: in the database's tables, where nodes
// of Kong count as well. Asking takes a round trip and may fail, so that answers come later and on any thread.

/// Names one counter.
package struct SharedCounter: Hashable, Sendable {
    /// Whose requests are counted: a consumer's or credential's id, or an address.
    package let identifier: String
    /// What is counted, `minute` or `video_minute`.
    package let period: String
    /// When the window began, in milliseconds since the epoch.
    package let windowStart: Int64
    /// The scope of the configuration; the zero UUID where there is none.
    package let serviceID: String
    package let routeID: String

    package init(identifier: String, period: String, windowStart: Int64, serviceID: String, routeID: String) {
        self.identifier = identifier
        self.period = period
        self.windowStart = windowStart
        self.serviceID = serviceID
        self.routeID = routeID
    }

    package static let nobody = "00000000-0000-0000-0000-000000000000"
}

/// The tables of counters; their names are Kong's.
package enum SharedCounterTable: String, CaseIterable, Sendable {
    case rateLimiting = "ratelimiting_metrics"
    case responseRateLimiting = "response_ratelimiting_metrics"
}

/// Counters and what may be counted at most.
package typealias SharedLimit = (counter: SharedCounter, limit: Double)

/// Counts for the whole cluster.
package protocol SharedCounters: Sendable {
    /// Adds one to each counter if all of them are below their limits, and to none otherwise. `done` gets the counts
    /// before, in order; nil when the counters can't be reached.
    func take(_ table: SharedCounterTable, _ limits: [SharedLimit], _ done: @escaping @Sendable ([Int]?) -> Void)

    /// `done` gets the counts, in order; nil when the counters can't be reached. What this node added before is in
    /// them.
    func read(_ table: SharedCounterTable, _ counters: [SharedCounter], _ done: @escaping @Sendable ([Int]?) -> Void)

    /// Adds to counters. What can't be added is lost, as with Kong.
    func add(_ table: SharedCounterTable, _ amounts: [SharedCounter: Int])
}
