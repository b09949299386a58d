// Everything the data plane needs to know to serve requests, compiled off the event loops and never changed.

import NIOCore
import PluginKit
import Synchronization

/// One version of the configuration, ready to serve.
package final class Snapshot: Sendable {
    /// Counts up with each published snapshot, from 1; 0 is the empty one at start.
    package let version: UInt64
    package let router: Router
    /// What to do with a request, by the index that the router returns.
    package let routes: [RoutePlan]
    /// The global plugins: their response phases run for requests that no route matched.
    package let globalChain: Chain
    package let directory: Directory
    /// Upstreams by name, for routes without a service; services hold theirs.
    package let upstreams: [String: UpstreamBalancer]
    /// The certificates for TLS from clients.
    package let serverNames: ServerNames
    /// The routes for TCP and TLS streams.
    package let streams: StreamRoutes

    package init(
        version: UInt64, router: Router, routes: [RoutePlan], globalChain: Chain, directory: Directory,
        upstreams: [String: UpstreamBalancer] = [:], serverNames: ServerNames = ServerNames(),
        streams: StreamRoutes = StreamRoutes()
    ) {
        self.version = version
        self.router = router
        self.routes = routes
        self.globalChain = globalChain
        self.directory = directory
        self.upstreams = upstreams
        self.serverNames = serverNames
        self.streams = streams
    }

    /// A snapshot that knows no route.
    package static func empty() -> Snapshot {
        Snapshot(version: 0, router: Router([]), routes: [], globalChain: .empty, directory: Directory())
    }
}

/// Where event loops find the newest snapshot. Asking whether there is a newer one is a single atomic load.
package final class SnapshotSource: Sendable {
    private let version = Atomic<UInt64>(0)
    private let current: Mutex<Snapshot>

    package init(_ first: Snapshot = .empty()) {
        current = Mutex(first)
        version.store(first.version, ordering: .releasing)
    }

    /// Makes a snapshot the one that every request from now on uses. An older version than the current is ignored.
    package func publish(_ snapshot: Snapshot) {
        current.withLock { held in
            guard snapshot.version > held.version else { return }
            held = snapshot
            version.store(snapshot.version, ordering: .releasing)
        }
    }

    package var newest: Snapshot {
        current.withLock { $0 }
    }

    /// `held`, or the newest snapshot if that is another one.
    @inline(__always)
    func refreshed(_ held: Snapshot) -> Snapshot {
        version.load(ordering: .acquiring) == held.version ? held : newest
    }
}
