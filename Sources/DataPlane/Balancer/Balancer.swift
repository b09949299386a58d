// The seam for ways to choose a peer. An instance belongs to one upstream on one event loop, so positions need no lock.

import PluginKit

protocol Balancer: AnyObject {
    /// Chooses a peer for the next attempt of a request.
    ///
    /// - Returns: nil when no peer takes requests.
    func pick(from distribution: Distribution, for exchange: Exchange, _ balancing: inout Balancing) -> Peer?
}
