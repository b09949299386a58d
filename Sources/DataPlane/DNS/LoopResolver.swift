// DNS as one event loop sees it: a cache without locks in front of the process's resolver. A name that is known is
// answered at once; one that is past its time is still answered at once while a single new lookup runs.

import Glibc
import NIOCore

/// Resolves names on one event loop; not for use from anywhere else.
package final class LoopResolver {
    package typealias Completion = (Result<ResolvedTarget, DNSFailure>) -> Void

    /// A call on its way along aliases and SRV targets.
    private struct Walk {
        let asked: String
        /// The name it has come to; in lower case, except at the start.
        var name: String
        var port: Int
        var steps = 0

        init(_ host: String, _ port: Int) {
            asked = host
            name = host
            self.port = port
        }
    }

    private enum Position {
        case arrived(HostEntry, [HostAddress])
        case failed(DNSFailure)
        /// The name the walk has come to is not in the cache.
        case unknown
    }

    private enum Waiter {
        case target(Walk, Completion)
        case records(name: String, steps: Int, (Result<HostRecords, DNSFailure>) -> Void)
    }

    private static let maximumSteps = 16

    private let resolver: Resolver
    private let eventLoop: any EventLoop
    private let clock: () -> Int64
    private let cache: HostCache
    private var waiting: [String: [Waiter]] = [:]

    /// - Parameter clock: monotonic milliseconds; given by tests.
    package init(
        _ resolver: Resolver, loop: any EventLoop, clock: @escaping () -> Int64 = coarseMilliseconds
    ) {
        self.resolver = resolver
        eventLoop = loop
        self.clock = clock
        let configuration = resolver.configuration
        cache = HostCache(
            limit: configuration.cacheLimit, staleLifetime: configuration.staleLifetime,
            errorLifetime: configuration.errorLifetime)
    }

    /// Answers from the cache alone, hosts file and literals included; nil when the name would have to be asked for.
    /// For the hot path, since it needs no closure, and for retries (answer nil with `DNSFailure.notCached`).
    package func cached(_ host: String, port: Int) -> Result<ResolvedTarget, DNSFailure>? {
        var walk = Walk(host, port)
        return answer(to: go(&walk, from: nil), walk)
    }

    /// Resolves a name: calls `done` at once if the cache knows it, else later on this event loop. There is no way to
    /// withdraw: a caller that no longer wants the answer has to look at its own state in `done`.
    package func resolve(_ host: String, port: Int, done: @escaping Completion) {
        proceed(Walk(host, port), from: nil, done)
    }

    /// All addresses, or all records of the best priority, that a name stands for now: what a ring balancer needs.
    package func records(of host: String, done: @escaping (Result<HostRecords, DNSFailure>) -> Void) {
        findRecords(of: host, steps: 0, from: nil, done)
    }
}

// One target for one request.
extension LoopResolver {
    private func proceed(_ start: Walk, from first: HostEntry?, _ done: @escaping Completion) {
        var walk = start
        if let answer = answer(to: go(&walk, from: first), walk) { return done(answer) }
        wait(for: walk.name, .target(walk, done))
    }

    private func answer(to position: Position, _ walk: Walk) -> Result<ResolvedTarget, DNSFailure>? {
        switch position {
        case .arrived(let entry, let addresses):
            let address = entry.nextAddress(of: addresses, port: walk.port)
            return .success(ResolvedTarget(address: address, hostname: walk.asked, port: walk.port))
        case .failed(let failure): return .failure(failure)
        case .unknown: return nil
        }
    }

    /// Follows aliases and SRV records as far as the cache goes.
    ///
    /// - Parameter first: an answer that has just come in, used whatever its lifetime.
    private func go(_ walk: inout Walk, from first: HostEntry?) -> Position {
        var entry = first ?? find(&walk.name)
        while let current = entry {
            switch current.answer {
            case .failure(let failure): return .failed(failure)
            case .success(.addresses(let addresses)): return .arrived(current, addresses)
            case .success(.alias(let name)): walk.name = name
            case .success(.services):
                guard let service = current.nextService() else { return .failed(.empty) }
                walk.name = service.target
                // Port 0 leaves the choice to the caller.
                if service.port != 0 { walk.port = service.port }
            }
            walk.steps += 1
            if walk.steps > LoopResolver.maximumSteps { return .failed(.recursion) }
            entry = find(&walk.name)
        }
        return .unknown
    }
}

// All records, for balancers.
extension LoopResolver {
    private func findRecords(
        of name: String, steps: Int, from first: HostEntry?, _ done: @escaping (Result<HostRecords, DNSFailure>) -> Void
    ) {
        var name = name
        var entry = first ?? find(&name)
        for steps in steps..<LoopResolver.maximumSteps {
            guard let current = entry else {
                return wait(for: name, .records(name: name, steps: steps, done))
            }
            switch current.answer {
            case .failure(let failure): return done(.failure(failure))
            case .success(.alias(let next)): name = next
            case .success(let answer): return done(.success(records(current, answer)))
            }
            entry = find(&name)
        }
        done(.failure(.recursion))
    }

    private func records(_ entry: HostEntry, _ answer: HostAnswer) -> HostRecords {
        let remaining = entry.isForOneUse ? 0 : max(1, entry.expiry - clock())
        guard case .services(let all) = answer else {
            return HostRecords(answer: answer, lifetimeMilliseconds: remaining)
        }
        let best = all.map(\.priority).min()
        return HostRecords(
            answer: .services(all.filter { $0.priority == best }), lifetimeMilliseconds: remaining)
    }
}

// The cache and the way to the resolver's thread.
extension LoopResolver {
    /// A usable entry. One that is due for a refresh is given all the same, and asked for anew on the side. A name
    /// that is not known in the spelling given is put into lower case: most are, so the usual hit need not look.
    private func find(_ name: inout String) -> HostEntry? {
        let now = clock()
        if let entry = cache.entry(for: name, now: now) {
            if now >= entry.refreshDue {
                entry.refreshDue = .max
                lookUp(name)
            }
            return entry
        }
        if name.utf8.contains(where: { $0 >= 0x41 && $0 <= 0x5A }) {
            name = name.lowercased()
            return find(&name)
        }
        guard let known = resolver.known(name) else { return nil }
        return cache.store(known, for: name, now: now)
    }

    private func wait(for name: String, _ waiter: Waiter) {
        let isFirst = waiting[name] == nil
        waiting[name, default: []].append(waiter)
        if isFirst || resolver.configuration.noSync { lookUp(name) }
    }

    private func lookUp(_ name: String) {
        let here = NIOLoopBound(self, eventLoop: eventLoop)
        let loop = eventLoop
        resolver.lookUp(
            LookupRequest(host: name, lastType: cache.lastType(of: name)) { outcome in
                loop.execute { here.value.received(outcome, for: name) }
            })
    }

    private func received(_ outcome: LookupOutcome, for name: String) {
        let entry = cache.store(outcome, for: name, now: clock())
        for waiter in waiting.removeValue(forKey: name) ?? [] {
            switch waiter {
            case .target(let walk, let done): proceed(walk, from: entry, done)
            case .records(let name, let steps, let done): findRecords(of: name, steps: steps, from: entry, done)
            }
        }
    }
}

/// The monotonic clock in milliseconds, from the kernel's last tick (4 ms or finer): read without a system call.
package func coarseMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}
