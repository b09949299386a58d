// The upstreams of this node by name. The compiler keeps the table; the watch hears of what it has to follow.

import Synchronization

package final class Upstreams: Sendable {
    private struct State {
        var byName: [String: UpstreamBalancer] = [:]
        var listener: (@Sendable (UpstreamBalancer) -> Void)?
        /// What an earlier worker knew, by upstream, until the upstream is there.
        var remembered: [String: Set<OutOfService>] = [:]
    }

    /// Tells when an address went out or came back.
    package let signal = HealthSignal()
    private let state = Mutex(State())

    /// - Parameter remembered: the addresses that an earlier worker found to be out.
    package init(remembered: Set<OutOfService> = []) {
        state.withLock { $0.remembered = Dictionary(grouping: remembered, by: \.upstream).mapValues { Set($0) } }
    }

    package func find(_ name: String) -> UpstreamBalancer? {
        state.withLock { $0.byName[name] }
    }

    package var all: [String: UpstreamBalancer] {
        state.withLock { $0.byName }
    }

    /// The addresses that are out, of all upstreams.
    package var outOfService: Set<OutOfService> {
        Set(all.values.flatMap(\.outOfService))
    }

    /// Puts an upstream in force, or changes it. One of the same name keeps the health of its addresses.
    package func set(_ name: String, _ settings: UpstreamSettings, _ history: [TargetSpec]) {
        let upstream = state.withLock { state in
            if let known = state.byName[name] { return known }
            let remembered = state.remembered.removeValue(forKey: name) ?? []
            let made = UpstreamBalancer(name: name, signal: signal, remembered: remembered)
            state.byName[name] = made
            return made
        }
        upstream.configure(settings, history)
        tell(upstream)
    }

    /// Takes an upstream away, and the health of its addresses with it.
    package func remove(_ name: String) {
        guard let upstream = state.withLock({ $0.byName.removeValue(forKey: name) }) else { return }
        upstream.retire()
        tell(upstream)
    }

    /// Tells of every upstream, now and at each change, from any thread.
    func listen(_ listener: @escaping @Sendable (UpstreamBalancer) -> Void) {
        let present = state.withLock { state in
            state.listener = listener
            return state.byName.values
        }
        for upstream in present { listener(upstream) }
    }

    private func tell(_ upstream: UpstreamBalancer) {
        state.withLock { $0.listener }?(upstream)
    }
}
