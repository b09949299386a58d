// An upstream's entity in the data plane's terms.

import PluginKit

/// What decides which peer gets a request.
package enum HashSource: Sendable, Equatable {
    /// Nothing: peers take turns.
    case none
    /// The consumer, else the credential.
    case consumer
    /// The client's address.
    case address
    /// All values of a header of the request.
    case header(HeaderName)
    /// The upstream's cookie, which clients without one are given.
    case cookie
}

/// How peers are chosen for requests that are not hashed.
package enum BalancingAlgorithm: Sendable, Equatable {
    /// Peers take turns, as with Kong.
    case roundRobin
    /// The peer with the fewest requests under way for its weight.
    case leastConnections
    /// The peer that answers soonest.
    case latency
}

package struct UpstreamSettings: Sendable, Equatable {
    package var algorithm = BalancingAlgorithm.roundRobin
    package var hashOn = HashSource.none
    package var hashFallback = HashSource.none
    package var cookieName = ""
    package var cookiePath = "/"
    /// The size of the wheel.
    package var slots = 10_000
    package var passive = HealthRules()
    package var probes = ProbeRules()

    package init() {}

    /// What chooses the peers.
    enum Way: Equatable {
        case hashed
        case free(BalancingAlgorithm)
    }

    var way: Way { hashOn == .none ? .free(algorithm) : .hashed }

    /// Whether requests under way are counted and timed.
    var measuresPeers: Bool { way == .free(.leastConnections) || way == .free(.latency) }

    /// Whether anything but the Admin API decides about health.
    package var isHealthChecked: Bool {
        let limits = passive.limits
        return probes.isOn || limits.httpFailures > 0 || limits.tcpFailures > 0 || limits.timeouts > 0
    }
}

/// What was said about a target at a time.
package struct TargetSpec: Sendable, Equatable {
    /// A name, or an address (IPv6 in brackets).
    package let host: String
    package let port: Int
    /// 0 takes it out.
    package let weight: Int

    package init(host: String, port: Int, weight: Int) {
        self.host = host
        self.port = port
        self.weight = weight
    }

    /// Its text in the Admin API.
    package var name: String { "\(host):\(port)" }
}
