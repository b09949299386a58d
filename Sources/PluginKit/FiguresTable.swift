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
    /// What workers counted that had ended before this one began.
    private let before: [[UInt8]: ServiceFigures]
    /// What those counted that end beside this one, by their place among the node's workers.
    private let beside = Mutex<[Int: [[UInt8]: ServiceFigures]]>([:])

    /// - Parameter loops: how many event loops there are.
    package init(loops: Int = 1, before: [[UInt8]: ServiceFigures] = [:]) {
        self.before = before
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

    /// Takes over what a worker has counted until now that ends beside this one.
    package func inherit(_ figures: [[UInt8]: ServiceFigures], from place: Int) {
        beside.withLock { $0[place] = figures }
    }

    /// The sums of this moment, of all workers of the node.
    package func all() -> [[UInt8]: ServiceFigures] {
        beside.withLock { $0 }.values.reduce(into: own()) { sum, figures in
            sum.merge(figures) { $0.adding($1) }
        }
    }

    /// The sums of this moment without those of workers that end beside this one.
    package func own() -> [[UInt8]: ServiceFigures] {
        var result = before
        for shard in shards {
            let services = shard.services.withLock { $0 }
            for (service, counters) in services { result[service, default: ServiceFigures()].merge(counters) }
        }
        return result
    }
}
