// The balancers of one event loop. An upstream gets one when the loop's first request for it comes.

import PluginKit

/// One upstream as an event loop sees it.
final class LoopBalancer {
    let upstream: UpstreamBalancer
    private var distribution: Distribution
    private var balancer: any Balancer

    init(_ upstream: UpstreamBalancer) {
        self.upstream = upstream
        distribution = upstream.distribution
        balancer = LoopBalancer.make(distribution.settings)
    }

    /// Chooses a peer and puts it into `balancing`; false when none takes requests.
    func pick(for exchange: Exchange, _ balancing: inout Balancing) -> Bool {
        let current = upstream.refreshed(distribution)
        if current !== distribution { take(current) }
        let peer = balancer.pick(from: current, for: exchange, &balancing)
        if let peer, current.settings.measuresPeers { balancing.hold(peer) }
        balancing.distribution = current
        balancing.peer = peer
        return peer != nil
    }

    private func take(_ current: Distribution) {
        // Turns go on where they are unless the way to choose is another one now.
        if current.settings.way != distribution.settings.way { balancer = LoopBalancer.make(current.settings) }
        distribution = current
    }

    private static func make(_ settings: UpstreamSettings) -> any Balancer {
        switch settings.way {
        case .hashed: HashBalancer()
        case .free(.roundRobin): RoundRobinBalancer()
        case .free(.leastConnections): LeastConnectionsBalancer()
        case .free(.latency): LatencyBalancer()
        }
    }
}

/// All balancers of one event loop.
final class LoopBalancers {
    private var known: [ObjectIdentifier: LoopBalancer] = [:]

    subscript(upstream: UpstreamBalancer) -> LoopBalancer {
        let key = ObjectIdentifier(upstream)
        if let balancer = known[key] { return balancer }
        known = known.filter { !$0.value.upstream.isRetired }
        let made = LoopBalancer(upstream)
        known[key] = made
        return made
    }
}
