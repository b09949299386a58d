// The probes of one upstream: at their intervals those of its healthy and those of its unhealthy addresses, never more
// than `concurrency` at a time.

import NIOCore

final class ActiveChecks {
    let rules: ProbeRules
    private let upstream: UpstreamBalancer
    private let context: LoopContext
    private var timers: [RepeatedTask] = []
    private var queue: [Peer] = []
    /// The states of the addresses that are queued or probed.
    private var busy: Set<ObjectIdentifier> = []
    private var underWay = 0
    private var isStopped = false

    init(_ upstream: UpstreamBalancer, _ rules: ProbeRules, _ context: LoopContext) {
        self.upstream = upstream
        self.rules = rules
        self.context = context
    }

    func start() {
        repeats(every: rules.healthyIntervalMilliseconds, available: true)
        repeats(every: rules.unhealthyIntervalMilliseconds, available: false)
    }

    func stop() {
        isStopped = true
        for timer in timers { timer.cancel() }
        timers = []
        queue = []
    }

    private func repeats(every interval: Int64, available: Bool) {
        guard interval > 0 else { return }
        let bound = NIOLoopBound(self, eventLoop: context.loop)
        // The first round comes soon, as with Kong, but not of all upstreams of a new node together.
        let soon = TimeAmount.milliseconds(.random(in: 0...min(interval, 500)))
        timers.append(
            context.loop.scheduleRepeatedTask(initialDelay: soon, delay: .milliseconds(interval)) { _ in
                bound.value.round(available)
            })
    }

    private func round(_ available: Bool) {
        // After a reload the new worker probes; this one may live for as long as its last connection.
        if context.isDraining { return stop() }
        for peer in upstream.distribution.peers where peer.health.isAvailable == available {
            // Two targets may stand for one address, and a slow probe must not be joined by a second one.
            if busy.insert(ObjectIdentifier(peer.health)).inserted { queue.append(peer) }
        }
        fill()
    }

    private func fill() {
        while underWay < max(rules.concurrency, 1), !queue.isEmpty {
            underWay += 1
            probe(queue.removeFirst())
        }
    }

    private func probe(_ peer: Peer) {
        if let address = peer.address { return probe(peer, at: address) }
        guard case .name(let name) = peer.identity.place else { return }
        context.resolver.resolve(name, port: peer.identity.port) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let target): probe(peer, at: target.address)
            case .failure: finish(peer, nil)
            }
        }
    }

    private func probe(_ peer: Peer, at address: SocketAddress) {
        Probe.run(rules, host: peer.identity.host, address: address, on: context.loop, context.trust) {
            [weak self] outcome in
            self?.finish(peer, outcome)
        }
    }

    private func finish(_ peer: Peer, _ outcome: ProbeOutcome?) {
        underWay -= 1
        busy.remove(ObjectIdentifier(peer.health))
        guard !isStopped else { return }
        if let event = outcome?.event(rules.health),
            let isAvailable = peer.health.report(event, limit: rules.health.limit(for: event))
        {
            context.errorLog.log(
                .warn,
                "[healthcheck] upstream \(upstream.name): \(peer.description) is "
                    + "\(isAvailable ? "healthy" : "unhealthy") (active check)")
        }
        fill()
    }
}
