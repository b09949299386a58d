// The Admin API's view of the balancers: the health of their targets, and its setting by hand. The balancers
// live in the data plane; a node without one for an upstream says so.

/// Reads and sets the health of targets on this node.
package struct UpstreamHealth: Sendable {
    /// The health of an upstream's targets by `host:port`: HEALTHY, UNHEALTHY or DNS_ERROR; nil when its health is
    /// not checked.
    package var states: @Sendable (_ upstream: String) -> [String: String]?
    /// Marks a target; returns why it could not.
    package var mark: @Sendable (_ upstream: String, _ target: String, _ isHealthy: Bool) -> String?

    package init(
        states: @escaping @Sendable (_ upstream: String) -> [String: String]?,
        mark: @escaping @Sendable (_ upstream: String, _ target: String, _ isHealthy: Bool) -> String?
    ) {
        self.states = states
        self.mark = mark
    }

    /// A node without balancers.
    package static let none = UpstreamHealth(
        states: { _ in nil }, mark: { upstream, _, _ in "Upstream \(upstream) has no balancer" })
}
