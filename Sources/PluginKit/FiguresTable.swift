// What the prometheus plugin counts, by service. It belongs to the node, since the figures outlive configurations;
// sharded by service, so that event loops seldom meet at one lock.

import Synchronization

/// The figures of all services, by the service's name or host.
package final class FiguresTable: Sendable {
    private final class Shard: Sendable {
        let services = Mutex<[[UInt8]: ServiceFigures]>([:])
    }

    private let shards = (0..<16).map { _ in Shard() }

    package init() {}

    package func add(_ figures: RequestFigures, to service: [UInt8]) {
        let shard = shards[Int(ByteHash.hash(service.span) & 15)]
        shard.services.withLock { $0[service, default: ServiceFigures()].add(figures) }
    }

    /// A copy of this moment.
    package func all() -> [[UInt8]: ServiceFigures] {
        shards.reduce(into: [:]) { result, shard in
            result.merge(shard.services.withLock { $0 }) { first, _ in first }
        }
    }
}
