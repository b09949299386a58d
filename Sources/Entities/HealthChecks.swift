// The health checks of an upstream: active ones probe the targets, passive ones watch the traffic. A count or an
// interval of 0 switches a part off.

import Schema

package struct HealthChecks: Declared {
    package var active = ActiveChecks()
    package var passive = PassiveChecks()

    package init() {}

    package static let fields: [Field<HealthChecks>] = [
        Field("active", \.active, doc: "Probes."),
        Field("passive", \.passive, doc: "What is concluded from the traffic."),
    ]
}

package enum CheckType: String, Choice {
    case tcp, http, https
}

package struct ActiveChecks: Declared {
    package var type = CheckType.http
    /// Seconds.
    package var timeout = 1.0
    package var concurrency = 10
    package var httpPath = "/"
    package var httpsSNI: String?
    package var httpsVerifyCertificate = true
    package var healthy = ActiveHealthy()
    package var unhealthy = ActiveUnhealthy()

    package init() {}

    package static let fields: [Field<ActiveChecks>] = [
        Field("type", \.type, doc: "The protocol of the probes."),
        Field("timeout", \.timeout, HealthCheckLimits.seconds, doc: "Seconds a probe may take."),
        Field("concurrency", \.concurrency, .between(1, 2_147_483_648), doc: "Probes at a time."),
        Field("http_path", \.httpPath, .path, doc: "The path that is requested."),
        Field("https_sni", \.httpsSNI, .sni, doc: "The server name of probes by TLS."),
        Field("https_verify_certificate", \.httpsVerifyCertificate, doc: "Whether certificates are verified."),
        Field("healthy", \.healthy, doc: "When a target counts as healthy again."),
        Field("unhealthy", \.unhealthy, doc: "When a target counts as unhealthy."),
    ]
}

package struct ActiveHealthy: Declared {
    /// Seconds between probes of healthy targets.
    package var interval = 0.0
    package var httpStatuses = [200, 302]
    package var successes = 0

    package init() {}

    package static let fields: [Field<ActiveHealthy>] = [
        Field("interval", \.interval, HealthCheckLimits.seconds, doc: "Seconds between probes of healthy targets."),
        Field("http_statuses", \.httpStatuses, HealthCheckLimits.statuses, doc: "Statuses that count as a success."),
        Field("successes", \.successes, HealthCheckLimits.count, doc: "Successes that make a target healthy."),
    ]
}

package struct ActiveUnhealthy: Declared {
    /// Seconds between probes of unhealthy targets.
    package var interval = 0.0
    package var httpStatuses = [429, 404, 500, 501, 502, 503, 504, 505]
    package var tcpFailures = 0
    package var timeouts = 0
    package var httpFailures = 0

    package init() {}

    package static let fields: [Field<ActiveUnhealthy>] = [
        Field("interval", \.interval, HealthCheckLimits.seconds, doc: "Seconds between probes of unhealthy targets."),
        Field("http_statuses", \.httpStatuses, HealthCheckLimits.statuses, doc: "Statuses that count as a failure."),
        Field("tcp_failures", \.tcpFailures, HealthCheckLimits.count, doc: "Failed connections that are too many."),
        Field("timeouts", \.timeouts, HealthCheckLimits.count, doc: "Timeouts that are too many."),
        Field("http_failures", \.httpFailures, HealthCheckLimits.count, doc: "Failure statuses that are too many."),
    ]
}

package struct PassiveChecks: Declared {
    package var type = CheckType.http
    package var healthy = PassiveHealthy()
    package var unhealthy = PassiveUnhealthy()

    package init() {}

    package static let fields: [Field<PassiveChecks>] = [
        Field("type", \.type, doc: "The protocol that is watched."),
        Field("healthy", \.healthy, doc: "When a target counts as healthy again."),
        Field("unhealthy", \.unhealthy, doc: "When a target counts as unhealthy."),
    ]
}

package struct PassiveHealthy: Declared {
    package var httpStatuses = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226] + Array(300...308)
    package var successes = 0

    package init() {}

    package static let fields: [Field<PassiveHealthy>] = [
        Field("http_statuses", \.httpStatuses, HealthCheckLimits.statuses, doc: "Statuses that count as a success."),
        Field("successes", \.successes, HealthCheckLimits.count, doc: "Successes that make a target healthy."),
    ]
}

package struct PassiveUnhealthy: Declared {
    package var httpStatuses = [429, 500, 503]
    package var tcpFailures = 0
    package var timeouts = 0
    package var httpFailures = 0

    package init() {}

    package static let fields: [Field<PassiveUnhealthy>] = [
        Field("http_statuses", \.httpStatuses, HealthCheckLimits.statuses, doc: "Statuses that count as a failure."),
        Field("tcp_failures", \.tcpFailures, HealthCheckLimits.count, doc: "Failed connections that are too many."),
        Field("timeouts", \.timeouts, HealthCheckLimits.count, doc: "Timeouts that are too many."),
        Field("http_failures", \.httpFailures, HealthCheckLimits.count, doc: "Failure statuses that are too many."),
    ]
}

private enum HealthCheckLimits {
    static let seconds = Trait.between(0, 65535)
    static let statuses = Trait.each(.between(100, 999))
    static let count = Trait.between(0, 2_147_483_648)
}
