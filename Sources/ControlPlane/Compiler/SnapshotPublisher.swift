// Hears of every change of the store and keeps the data plane's snapshot current. Changes that come while a snapshot is
// compiled go into the next one together; compiling never runs on an event loop.

import DataPlane
import PluginKit
import Schema
import Store
import Synchronization

/// Publishes a snapshot after every change.
package final class SnapshotPublisher: Sendable {
    private struct Inbox {
        var replaced: Dataset?
        var effects: [Effect] = []
        var revision: UInt64 = 0
        var published: UInt64 = 0
        var waiters: [(revision: UInt64, resume: @Sendable () -> Void)] = []
    }

    private let inbox = Mutex(Inbox())
    private let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>
    private let source: SnapshotSource
    private let catalog: Catalog
    private let node: NodeState
    private let upstreams: Upstreams
    private let tls: TLSPolicy
    private let warn: @Sendable (String) -> Void
    private let newest = Mutex(SnapshotFigures())

    package init(
        catalog: Catalog, source: SnapshotSource, node: NodeState, upstreams: Upstreams, tls: TLSPolicy = TLSPolicy(),
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.catalog = catalog
        self.source = source
        self.node = node
        self.upstreams = upstreams
        self.tls = tls
        self.warn = warn
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The store's change listener: takes note and returns.
    package func hear(_ change: Change) {
        inbox.withLock { inbox in
            switch change {
            case .committed(let committed): inbox.effects += committed.effects
            case .replaced(let dataset):
                inbox.replaced = dataset
                inbox.effects = []
            }
            inbox.revision = max(inbox.revision, change.revision)
        }
        wake.yield()
    }

    /// Compiles and publishes what is stored, then goes on with every change. Ends with the task that runs it.
    ///
    /// - Parameter ready: called when the first snapshot is published.
    package func run(from dataset: Dataset, ready: @Sendable () -> Void) async {
        var compiler = SnapshotCompiler(catalog: catalog, node: node, upstreams: upstreams, tls: tls, warn: warn)
        compiler.load(dataset)
        inbox.withLock { inbox in
            if inbox.replaced == nil { inbox.effects.removeAll() }
            inbox.revision = max(inbox.revision, dataset.revision)
        }
        publish(&compiler)
        finish(dataset.revision)
        ready()
        for await _ in wakes { publishPending(&compiler) }
    }

    private func publishPending(_ compiler: inout SnapshotCompiler) {
        let (replaced, effects, revision) = inbox.withLock { inbox in
            defer {
                inbox.replaced = nil
                inbox.effects = []
            }
            return (inbox.replaced, inbox.effects, inbox.revision)
        }
        if let replaced { compiler.load(replaced) }
        for effect in effects { compiler.take(effect) }
        if replaced != nil || !effects.isEmpty { publish(&compiler) }
        finish(revision)
    }

    private func publish(_ compiler: inout SnapshotCompiler) {
        let start = ContinuousClock.now
        let snapshot = compiler.compile()
        source.publish(snapshot)
        let end = ContinuousClock.now
        newest.withLock { newest in
            newest.version = snapshot.version
            newest.publishedAt = end
            newest.compileTime = end - start
        }
    }

    /// The snapshot in force, in figures.
    package var figures: SnapshotFigures { newest.withLock { $0 } }

    private func finish(_ revision: UInt64) {
        let ready = inbox.withLock { inbox in
            inbox.published = max(inbox.published, revision)
            let ready = inbox.waiters.filter { $0.revision <= inbox.published }
            inbox.waiters.removeAll { $0.revision <= inbox.published }
            return ready
        }
        for waiter in ready { waiter.resume() }
    }

    /// Returns when the change is in force, so that who made it sees its effect with the next request.
    package func published(_ revision: UInt64) async {
        await withCheckedContinuation { continuation in
            let isInForce = inbox.withLock { inbox in
                guard revision > inbox.published else { return true }
                inbox.waiters.append((revision, { continuation.resume() }))
                return false
            }
            if isInForce { continuation.resume() }
        }
    }
}
