// The peer with the fewest requests under way for its weight, counted over all event loops; those that are alike take
// turns by weight, as in nginx (least_conn). A fresh peer begins with a tenth of its weight.

import NIOCore
import PluginKit

package final class LeastConnectionsBalancer: Balancer {
    /// For each peer the requests under way by weight; infinite where it must not be chosen.
    private var loads: [Float] = []
    /// For each peer its weight, or what it has of it so far.
    private var weights: [Float] = []
    /// For each peer how long it has waited for its turn.
    private var turns: [Float] = []
    private var version: UInt64?
    private var random: SplitMix

    package init(seed: UInt64 = .random(in: 0 ... .max)) {
        random = SplitMix(state: seed)
    }

    func pick(from distribution: Distribution, for exchange: Exchange, _ balancing: inout Balancing) -> Peer? {
        choose(from: distribution, tried: balancing.tried, atMilliseconds: Uptime.now.milliseconds)
    }

    /// The best peer that was not tried; if all were, the best of them.
    package func choose(
        from distribution: Distribution, tried: [Peer], atMilliseconds now: UInt32
    ) -> Peer? {
        if version != distribution.version { adopt(distribution) }
        var best = leastLoad(of: distribution, tried: tried, now)
        if best == .infinity, !tried.isEmpty { best = leastLoad(of: distribution, tried: [], now) }
        return best < .infinity ? distribution.peers[next(with: best)] : nil
    }

    private func adopt(_ distribution: Distribution) {
        version = distribution.version
        loads = Array(repeating: .infinity, count: distribution.peers.count)
        weights = distribution.weights.map { Float($0) }
        turns = []
    }

    private func leastLoad(of distribution: Distribution, tried: [Peer], _ now: UInt32) -> Float {
        var best = Float.infinity
        for (index, peer) in distribution.peers.enumerated() {
            guard peer.health.isAvailable else {
                peer.load.noteOut(atMilliseconds: now)
                loads[index] = .infinity
                continue
            }
            weights[index] = Float(distribution.weights[index]) * peer.load.share(atMilliseconds: now)
            let isTried = !tried.isEmpty && tried.contains { $0 === peer }
            loads[index] = isTried ? .infinity : Float(max(peer.load.inFlight, 0)) / weights[index]
            best = min(best, loads[index])
        }
        return best
    }

    /// Whose turn it is among those with that load: nginx's smooth weighted round robin.
    private func next(with load: Float) -> Int {
        // Event loops that all began at the first peer would go on in step.
        if turns.isEmpty { turns = weights.map { $0 * random.unit() } }
        var total: Float = 0
        var chosen = -1
        for index in loads.indices where loads[index] == load {
            turns[index] += weights[index]
            total += weights[index]
            if chosen < 0 || turns[index] > turns[chosen] { chosen = index }
        }
        turns[chosen] -= total
        return chosen
    }
}
