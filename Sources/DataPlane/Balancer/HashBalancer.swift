// The same consumer, address, header or cookie comes to the same peer as long as that takes requests. Requests that
// have none of it take turns.

import PluginKit

final class HashBalancer: Balancer {
    private let turns = RoundRobinBalancer()

    func pick(from distribution: Distribution, for exchange: Exchange, _ balancing: inout Balancing) -> Peer? {
        guard !distribution.slots.isEmpty else { return nil }
        let isFirst = balancing.distribution == nil
        if isFirst { HashInput.find(distribution.settings, exchange, &balancing) }
        guard let hash = balancing.hash else { return turns.pick(from: distribution, for: exchange, &balancing) }
        // Each retry starts one slot further.
        let slot = (Int(hash) + balancing.tried.count) % distribution.slots.count
        return distribution.peer(from: slot, tried: balancing.tried)?.peer
    }
}
