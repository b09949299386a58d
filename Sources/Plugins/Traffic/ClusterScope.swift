// The cluster's side of the limiting plugins: which table a plugin counts in, and under which scope.

import PluginKit

/// Names the counters of one configuration.
struct ClusterScope: Sendable {
    let table: SharedCounterTable
    private let serviceID: String
    private let routeID: String
    private let node: NodeState

    init(_ table: SharedCounterTable, _ setup: Setup) {
        self.table = table
        serviceID = setup.serviceID ?? SharedCounter.nobody
        routeID = setup.routeID ?? SharedCounter.nobody
        node = setup.node
    }

    /// Nil while the node starts.
    var counters: (any SharedCounters)? { node.sharedCounters }

    /// - Parameter name: how the period is called in the table.
    func counter(_ identifier: String, _ period: CalendarPeriod, _ name: String, now: Int64) -> SharedCounter {
        SharedCounter(
            identifier: identifier, period: name, windowStart: period.window(containing: now).lowerBound,
            serviceID: serviceID, routeID: routeID)
    }
}
