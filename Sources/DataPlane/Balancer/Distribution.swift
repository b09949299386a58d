// One version of an upstream: its settings, its peers and the wheel. Immutable, so that all event loops share it.

package final class Distribution: Sendable {
    /// Counts up with each change of the upstream, from 1.
    package let version: UInt64
    package let settings: UpstreamSettings
    package let peers: [Peer]
    /// For each peer its weight, greater than 0.
    package let weights: [Int]
    /// 0 without peers.
    let averageWeight: Float
    /// For each slot the index of its peer; empty without peers.
    package let slots: [UInt16]

    init(version: UInt64, settings: UpstreamSettings, peers: [Peer], weights: [Int], slots: [UInt16]) {
        self.version = version
        self.settings = settings
        self.peers = peers
        self.weights = weights
        averageWeight = Float(weights.reduce(0, +)) / Float(max(weights.count, 1))
        self.slots = slots
    }

    /// The first peer from a slot on, wrapping around, that takes requests and was not tried; if all were, one that
    /// was. The slot it has comes with it.
    package func peer(from start: Int, tried: [Peer]) -> (peer: Peer, slot: Int)? {
        guard tried.isEmpty else { return search(from: start, tried: tried) }
        // The usual case is the first slot; a few more spare the look at all peers while some are out.
        for step in 0..<min(slots.count, 16) {
            let slot = (start + step) % slots.count
            let peer = peers[Int(slots[slot])]
            if peer.health.isAvailable { return (peer, slot) }
        }
        return search(from: start, tried: tried)
    }

    private func search(from start: Int, tried: [Peer]) -> (peer: Peer, slot: Int)? {
        // A look at the peers first: the wheel has many slots, and of a wheel that is down all of them.
        guard peers.contains(where: \.health.isAvailable) else { return nil }
        let skipsTried = peers.contains { peer in peer.health.isAvailable && !tried.contains { $0 === peer } }
        for step in 0..<slots.count {
            let slot = (start + step) % slots.count
            let peer = peers[Int(slots[slot])]
            guard peer.health.isAvailable else { continue }
            if !skipsTried || !tried.contains(where: { $0 === peer }) { return (peer, slot) }
        }
        return nil
    }
}
