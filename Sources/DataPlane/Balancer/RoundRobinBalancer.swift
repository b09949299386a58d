// Peers take turns, each as often as it has slots on the wheel.

import PluginKit

final class RoundRobinBalancer: Balancer {
    private var position: Int

    /// - Parameter position: where to start; random, so that the event loops of a node do not walk in step.
    init(position: Int = .random(in: 0..<65_536)) {
        self.position = position
    }

    func pick(from distribution: Distribution, for exchange: Exchange, _ balancing: inout Balancing) -> Peer? {
        let count = distribution.slots.count
        guard count > 0 else { return nil }
        if position >= count { position %= count }
        guard let (peer, slot) = distribution.peer(from: position, tried: balancing.tried) else { return nil }
        position = slot + 1
        return peer
    }
}
