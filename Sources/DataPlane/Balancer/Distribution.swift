// One version of an upstream: its settings, its peers and the wheel. Immutable, so that all event loops share it.

package final class Distribution: Sendable {
    /// Counts up with each change of the upstream, from 1.
    package let version: UInt64
    package let settings: UpstreamSettings
    package let peers: [Peer]
    /// For each slot the index of its peer; empty without peers.
    package let slots: [UInt16]

    init(version: UInt64, settings: UpstreamSettings, peers: [Peer], slots: [UInt16]) {
        self.version = version
        self.settings = settings
        self.peers = peers
        self.slots = slots
    }

    /// The first peer from a slot on, wrapping around, that takes requests and was not tried; if all were, one that
    /// was. The slot it has comes with it.
    package func peer(from start: Int, tried: [Peer]) -> (peer: Peer, slot: Int)? {
        guard tried.isEmpty else { return search(from: start, tried: tried) }
        // The usual case is the first slot; a few more spare the search its lists while some peers are out.
        for step in 0..<min(slots.count, 16) {
            let slot = (start + step) % slots.count
            let peer = peers[Int(slots[slot])]
            if peer.health.isAvailable { return (peer, slot) }
        }
        return search(from: start, tried: tried)
    }

    private func search(from start: Int, tried: [Peer]) -> (peer: Peer, slot: Int)? {
        // A look at the peers first: the wheel has many slots, and of a wheel that is down all of them.
        let available = peers.filter { $0.health.isAvailable }
        let untried = available.filter { peer in !tried.contains { $0 === peer } }
        let wanted = untried.isEmpty ? available : untried
        guard !wanted.isEmpty else { return nil }
        for step in 0..<slots.count {
            let slot = (start + step) % slots.count
            let peer = peers[Int(slots[slot])]
            if wanted.contains(where: { $0 === peer }) { return (peer, slot) }
        }
        return nil
    }
}
