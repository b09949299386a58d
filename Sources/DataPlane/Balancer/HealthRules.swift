// When an upstream's addresses count as healthy: what a status means, and how often it takes.

/// The rules of one kind of check, active or passive.
package struct HealthRules: Sendable, Equatable {
    /// How often an event has to happen in a row; 0 for any number of times without effect.
    package struct Limits: Sendable, Equatable {
        package var successes = 0
        package var httpFailures = 0
        package var tcpFailures = 0
        package var timeouts = 0

        package init() {}
    }

    package var limits = Limits()
    private let verdicts: [Verdict]
    /// Whether anything is counted at all.
    package let isCounting: Bool

    private enum Verdict: Sendable {
        case none, healthy, unhealthy
    }

    /// - Parameters: statuses from 100 to 999. One in both lists counts as healthy, as in Kong.
    package init(limits: Limits = Limits(), healthyStatuses: [Int] = [], unhealthyStatuses: [Int] = []) {
        self.limits = limits
        var verdicts = [Verdict](repeating: .none, count: 1000)
        for status in unhealthyStatuses where verdicts.indices.contains(status) { verdicts[status] = .unhealthy }
        for status in healthyStatuses where verdicts.indices.contains(status) { verdicts[status] = .healthy }
        self.verdicts = verdicts
        isCounting = limits != Limits()
    }

    /// What a status says about the health of who sent it.
    package func event(forStatus status: Int) -> HealthEvent? {
        guard verdicts.indices.contains(status) else { return nil }
        switch verdicts[status] {
        case .none: return nil
        case .healthy: return .success
        case .unhealthy: return .httpFailure
        }
    }

    package func limit(for event: HealthEvent) -> Int {
        switch event {
        case .success: limits.successes
        case .httpFailure: limits.httpFailures
        case .tcpFailure: limits.tcpFailures
        case .timeout: limits.timeouts
        }
    }
}

/// How an upstream's addresses are probed.
package struct ProbeRules: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Connects.
        case tcp
        /// Asks for a path and looks at the status.
        case http
        /// The same over TLS.
        case https
    }

    package var kind = Kind.http
    package var timeoutMilliseconds: Int64 = 1000
    /// Probes under way at a time.
    package var concurrency = 10
    package var path = "/"
    /// The server name for TLS; the target's own name without it.
    package var serverName: String?
    package var verifiesCertificate = true
    /// Time between probes of an address in that state; 0 for none.
    package var healthyIntervalMilliseconds: Int64 = 0
    package var unhealthyIntervalMilliseconds: Int64 = 0
    package var health = HealthRules()

    package init() {}

    var isOn: Bool { healthyIntervalMilliseconds > 0 || unhealthyIntervalMilliseconds > 0 }
}
