// The data plane's form of an upstream entity.

import DataPlane
import Entities
import PluginKit
import Schema

extension UpstreamSettings {
    init(_ upstream: Upstream) {
        self.init()
        algorithm = BalancingAlgorithm(BalancingTag.find(in: upstream.tags ?? []))
        hashOn = HashSource(upstream.hashOn, header: upstream.hashOnHeader)
        hashFallback = HashSource(upstream.hashFallback, header: upstream.hashFallbackHeader)
        cookieName = upstream.hashOnCookie ?? ""
        cookiePath = upstream.hashOnCookiePath
        slots = upstream.slots
        passive = HealthRules(upstream.healthchecks.passive)
        probes = ProbeRules(upstream.healthchecks.active)
    }
}

extension BalancingAlgorithm {
    fileprivate init(_ tag: BalancingTag?) {
        switch tag {
        case .roundRobin, nil: self = .roundRobin
        case .leastConnections: self = .leastConnections
        case .latency: self = .latency
        }
    }
}

extension HashSource {
    fileprivate init(_ input: Entities.HashInput, header: String?) {
        switch input {
        case .none: self = .none
        case .consumer: self = .consumer
        case .ip: self = .address
        case .header: self = header.map { .header(HeaderName($0)) } ?? .none
        case .cookie: self = .cookie
        }
    }
}

extension HealthRules {
    /// Checks of type tcp look at connections only.
    fileprivate init(_ checks: PassiveChecks) {
        var limits = Limits()
        limits.successes = checks.healthy.successes
        limits.tcpFailures = checks.unhealthy.tcpFailures
        limits.timeouts = checks.unhealthy.timeouts
        limits.httpFailures = checks.unhealthy.httpFailures
        let isTCP = checks.type == .tcp
        self.init(
            limits: limits, healthyStatuses: isTCP ? [] : checks.healthy.httpStatuses,
            unhealthyStatuses: isTCP ? [] : checks.unhealthy.httpStatuses)
    }

    fileprivate init(_ checks: ActiveChecks) {
        var limits = Limits()
        limits.successes = checks.healthy.successes
        limits.tcpFailures = checks.unhealthy.tcpFailures
        limits.timeouts = checks.unhealthy.timeouts
        limits.httpFailures = checks.unhealthy.httpFailures
        self.init(
            limits: limits, healthyStatuses: checks.healthy.httpStatuses,
            unhealthyStatuses: checks.unhealthy.httpStatuses)
    }
}

extension ProbeRules {
    fileprivate init(_ checks: ActiveChecks) {
        self.init()
        kind = Kind(checks.type)
        timeoutMilliseconds = ProbeRules.milliseconds(checks.timeout)
        concurrency = checks.concurrency
        path = checks.httpPath
        serverName = checks.httpsSNI
        verifiesCertificate = checks.httpsVerifyCertificate
        healthyIntervalMilliseconds = ProbeRules.milliseconds(checks.healthy.interval)
        unhealthyIntervalMilliseconds = ProbeRules.milliseconds(checks.unhealthy.interval)
        health = HealthRules(checks)
    }

    private static func milliseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1000).rounded(.up)) }
}

extension ProbeRules.Kind {
    fileprivate init(_ type: CheckType) {
        switch type {
        case .tcp: self = .tcp
        case .http: self = .http
        case .https: self = .https
        }
    }
}
