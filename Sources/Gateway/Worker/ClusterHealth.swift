// Health that is set by hand (`POST .../unhealthy`) holds on every node of a cluster, as with Kong.

import ControlPlane
import DataPlane
import Store

extension UpstreamHealth {
    /// The same, and the other nodes on this database are told of each target that is marked.
    func announced(by store: any Store, _ log: DataPlane.ErrorLog) -> UpstreamHealth {
        guard let store = store as? PostgresStore else { return self }
        let mark = self.mark
        return UpstreamHealth(
            states: states,
            mark: { upstream, target, isHealthy in
                if let problem = mark(upstream, target, isHealthy) { return problem }
                Task(priority: .medium) {
                    do throws(StoreError) {
                        try await store.announce(
                            TargetHealth(upstream: upstream, target: target, isHealthy: isHealthy))
                    } catch {
                        log.log(.error, "the other nodes were not told of \(target)'s health: \(error.description)")
                    }
                }
                return nil
            })
    }
}
