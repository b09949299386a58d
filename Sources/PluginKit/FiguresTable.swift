// What the prometheus plugin counts, by service. It belongs to the node, since the figures outlive configurations.
// Each event loop has a shard of its own; who scrapes takes hold of the shards and adds them up on its own time.

import Synchronization

/// The figures of all services, by the service's name or host.
package final class FiguresTable: Sendable {
    private final class Shard: Sendable {
        /// The lock is the loop's alone but for the moment in which a scrape retains the table: it copies nothing, and
        /// the loop copies the table (not the counters in it) when it next meets a service that it has not seen.
        let services = Mutex<[[UInt8]: ServiceCounters]>([:])
    }

    private let shards: [Shard]

    /// - Parameter loops: how many event loops there are.
    package init(loops: Int = 1) {
        shards = (0..<max(loops, 1)).map { _ in Shard() }
    }

    /// Counts a request. To be called on the event loop of that number, since nobody else may write its counters.
    package func add(_ figures: RequestFigures, to service: [UInt8], loop: Int) {
        let counters = shards[loop].services.withLock { services in
            if let known = services[service] { return known }
            let made = ServiceCounters()
            services[service] = made
            return made
        }
        counters.add(figures)
    }

    /// The sums of this moment.
    package func all() -> [[UInt8]: ServiceFigures] {
        var result: [[UInt8]: ServiceFigures] = [:]
        for shard in shards {
            let services = shard.services.withLock { $0 }
            for (service, counters) in services { result[service, default: ServiceFigures()].merge(counters) }
        }
        return result
    }
}
