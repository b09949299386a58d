// The better of two peers: one drawn by weight, the other at random (power of two choices). Which is better follows
// from how soon each is expected to answer and how much it has to do (Peak EWMA). The choice between the two is soft:
// peers that are alike share by weight, one that is twice as slow gets an eighth of that, ten times a thousandth.

import NIOCore
import PluginKit

package final class LatencyBalancer: Balancer {
    /// The load of a peer that has requests and has never answered, lest it gets more before it does.
    private static let unknownMicroseconds: Float = 1e12
    private var random: SplitMix

    package init(seed: UInt64 = .random(in: 0 ... .max)) {
        random = SplitMix(state: seed)
    }

    func pick(from distribution: Distribution, for exchange: Exchange, _ balancing: inout Balancing) -> Peer? {
        choose(from: distribution, tried: balancing.tried, atMilliseconds: Uptime.now.milliseconds)
    }

    /// A peer that was not tried; if all were, one that was.
    package func choose(
        from distribution: Distribution, tried: [Peer], atMilliseconds now: UInt32
    ) -> Peer? {
        guard !distribution.slots.isEmpty,
            let (peer, slot) = distribution.peer(from: random.below(distribution.slots.count), tried: tried)
        else { return nil }
        let first = Int(distribution.slots[slot])
        guard let second = another(than: first, in: distribution, tried) else { return peer }
        // Drawn like this, peers with equal loads get what their weights say: the pair's chance is the sum of its
        // weights, and each wins by its own.
        let weights = (Float(distribution.weights[first]), Float(distribution.weights[second]))
        let loads = (load(of: first, in: distribution, now), load(of: second, in: distribution, now))
        let ratio = loads.0 == loads.1 ? 1 : loads.0 / loads.1
        let isFirst = random.unit() * (weights.0 + weights.1 * ratio * ratio * ratio) < weights.0
        return isFirst ? peer : distribution.peers[second]
    }

    private func another(than first: Int, in distribution: Distribution, _ tried: [Peer]) -> Int? {
        let count = distribution.peers.count
        guard count > 1 else { return nil }
        let start = random.below(count)
        for step in 0..<count {
            let index = (start + step) % count
            let peer = distribution.peers[index]
            guard index != first, peer.health.isAvailable else { continue }
            if tried.isEmpty || !tried.contains(where: { $0 === peer }) { return index }
        }
        return nil
    }

    /// What a request more is expected to take: the average times the requests before it, by weight.
    private func load(of index: Int, in distribution: Distribution, _ now: UInt32) -> Float {
        let load = distribution.peers[index].load
        let requests = Float(max(load.inFlight, 0)) * distribution.averageWeight / Float(distribution.weights[index])
        let expected = load.average.expected(atMilliseconds: now)
        if expected > 0 { return expected * (1 + requests) }
        return requests == 0 ? 0 : Self.unknownMicroseconds * (1 + requests)
    }
}
