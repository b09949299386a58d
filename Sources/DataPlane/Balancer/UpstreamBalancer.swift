// One upstream on this node: what the event loops, the watch over names and health, and the Admin API share of it.

import Synchronization

package final class UpstreamBalancer: Sendable {
    package let name: String
    private let book: Mutex<PeerBook>
    private let version = Atomic<UInt64>(0)
    private let retired = Atomic<Bool>(false)

    package init(name: String, signal: HealthSignal = HealthSignal(), remembered: Set<OutOfService> = []) {
        self.name = name
        book = Mutex(PeerBook(upstream: name, signal: signal, remembered: remembered))
    }

    /// Takes over settings and the history of the targets; in force for the next request.
    package func configure(_ settings: UpstreamSettings, _ history: [TargetSpec]) {
        change { $0.configure(settings, history) }
    }

    /// Takes over the outcome of a lookup.
    package func resolved(_ host: String, _ result: Result<HostRecords, DNSFailure>) {
        change { $0.resolved(host, result) }
    }

    private func change(_ body: (inout PeerBook) -> Void) {
        book.withLock { book in
            body(&book)
            version.store(book.distribution.version, ordering: .releasing)
        }
    }

    /// The current distribution.
    package var distribution: Distribution { book.withLock { $0.distribution } }

    /// `held`, or the current distribution if that is another one. One atomic load when nothing changed.
    @inline(__always)
    package func refreshed(_ held: Distribution) -> Distribution {
        version.load(ordering: .acquiring) == held.version ? held : distribution
    }

    /// The names of targets that have to be resolved.
    package var names: Set<String> { book.withLock { $0.names } }

    /// Set when the upstream is deleted.
    var isRetired: Bool { retired.load(ordering: .relaxed) }

    func retire() {
        retired.store(true, ordering: .relaxed)
    }

    /// The addresses that are out.
    var outOfService: [OutOfService] { book.withLock { $0.outOfService } }

    // MARK: - For the Admin API

    /// For each target that has an address, whether it takes requests; nil when health is not checked.
    package var targetAvailability: [String: Bool]? {
        book.withLock { $0.settings.isHealthChecked ? $0.availability : nil }
    }

    /// Sets the health of a target by hand; false when it has no address.
    package func mark(_ target: String, isHealthy: Bool) -> Bool {
        book.withLock { $0.mark(target, isHealthy: isHealthy) }
    }
}
