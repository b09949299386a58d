// Follows the names of all targets and probes the upstreams that ask for it: on one event loop of the node, so that
// each name is asked for and each address probed once however many loops use them.

import NIOCore

final class UpstreamWatch {
    private let context: LoopContext
    private var followed: [ObjectIdentifier: Followed] = [:]

    private struct Followed {
        /// The next lookup of each name; nil while one is under way.
        var lookups: [String: Scheduled<Void>?] = [:]
        var checks: ActiveChecks?
    }

    init(_ context: LoopContext) {
        self.context = context
    }

    /// Catches up with an upstream that is new, was changed or is gone.
    func update(_ upstream: UpstreamBalancer) {
        guard !upstream.isRetired else { return forget(upstream) }
        var entry = followed[ObjectIdentifier(upstream)] ?? Followed()
        let names = upstream.names
        for (name, next) in entry.lookups where !names.contains(name) {
            next?.cancel()
            entry.lookups[name] = nil
        }
        let rules = upstream.distribution.settings.probes
        if entry.checks?.rules != rules {
            entry.checks?.stop()
            entry.checks = rules.isOn ? makeChecks(upstream, rules) : nil
        }
        let unknown = names.filter { entry.lookups[$0] == nil }
        for name in unknown { entry.lookups[name] = .some(nil) }
        followed[ObjectIdentifier(upstream)] = entry
        for name in unknown { lookUp(name, for: upstream) }
    }

    private func makeChecks(_ upstream: UpstreamBalancer, _ rules: ProbeRules) -> ActiveChecks {
        let checks = ActiveChecks(upstream, rules, context)
        checks.start()
        return checks
    }

    private func forget(_ upstream: UpstreamBalancer) {
        guard let entry = followed.removeValue(forKey: ObjectIdentifier(upstream)) else { return }
        for next in entry.lookups.values { next?.cancel() }
        entry.checks?.stop()
    }

    // MARK: - Names

    private func lookUp(_ name: String, for upstream: UpstreamBalancer) {
        context.resolver.records(of: name) { [weak self] result in
            guard let self, followed[ObjectIdentifier(upstream)]?.lookups[name] != nil else { return }
            if case .failure(let failure) = result {
                context.errorLog.log(
                    .warn, "[upstream \(upstream.name)] failed to resolve target \(name): \(failure.message)")
            }
            upstream.resolved(name, result)
            schedule(name, for: upstream, afterMilliseconds: LookupPause.milliseconds(after: result))
        }
    }

    private func schedule(_ name: String, for upstream: UpstreamBalancer, afterMilliseconds delay: Int64) {
        let bound = NIOLoopBound(self, eventLoop: context.loop)
        let next = context.loop.scheduleTask(in: .milliseconds(delay)) {
            let watch = bound.value
            guard watch.followed[ObjectIdentifier(upstream)]?.lookups[name] != nil else { return }
            watch.followed[ObjectIdentifier(upstream)]?.lookups[name] = .some(nil)
            watch.lookUp(name, for: upstream)
        }
        followed[ObjectIdentifier(upstream)]?.lookups[name] = next
    }
}

/// When a name is asked for again.
package enum LookupPause {
    package static func milliseconds(after result: Result<HostRecords, DNSFailure>) -> Int64 {
        switch result {
        // No answer is worth another question soon: the addresses may be others by now.
        case .failure(let failure) where !failure.isUnresolvable: 5000
        case .failure: 30_000
        // Resolved for each request; it may get a lifetime one day.
        case .success(let records) where records.lifetimeMilliseconds == 0: 60_000
        // An answer past its time is served for a moment while the new one comes.
        case .success(let records): max(records.lifetimeMilliseconds, 500)
        }
    }
}

extension LoopContext {
    /// Makes this event loop the one that follows the names and probes the health of a node's upstreams.
    package func watch(_ upstreams: Upstreams) {
        let watch = NIOLoopBound(UpstreamWatch(self), eventLoop: loop)
        let loop = loop
        upstreams.listen { upstream in
            loop.execute { watch.value.update(upstream) }
        }
    }
}
