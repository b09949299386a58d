// The health of targets as the data plane's balancers have it.

import DataPlane

extension UpstreamHealth {
    /// Reads and sets the health that the requests of this node go by.
    package init(_ upstreams: Upstreams) {
        self.init(
            states: { name in
                upstreams.find(name)?.targetAvailability.map { targets in
                    targets.mapValues { $0 ? "HEALTHY" : "UNHEALTHY" }
                }
            },
            mark: { name, target, isHealthy in
                guard let upstream = upstreams.find(name) else { return "Upstream \(name) has no balancer" }
                return upstream.mark(target, isHealthy: isHealthy) ? nil : "target not found for \(target)"
            })
    }
}
