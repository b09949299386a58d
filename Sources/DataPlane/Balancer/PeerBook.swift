// The bookkeeping behind an upstream: its targets, what their names stand for, and the health of every address. Pure
// but for the shared health objects; each change makes the next distribution.

import NIOCore

package struct PeerBook: Sendable {
    /// What is known of a target's name.
    private enum Finding {
        case addresses([HostAddress])
        case services([ServiceRecord])
        /// To be resolved for each request.
        case everyTime
        case nothing
    }

    private struct HealthKey: Hashable {
        let place: PeerPlace
        let port: Int
    }

    package private(set) var settings: UpstreamSettings
    /// What was said about targets, the newest last; a weight of 0 took one out.
    package private(set) var history: [TargetSpec] = []
    /// The targets that take requests, by name, as of the end of the history.
    private var targets: [String: TargetSpec] = [:]
    private var wheel: Wheel<Peer.Identity>
    package private(set) var distribution: Distribution
    private var findings: [String: Finding] = [:]
    private var health: [HealthKey: PeerHealth] = [:]
    private var byTarget: [String: [Peer]] = [:]
    private let upstream: String
    private let signal: HealthSignal
    /// Addresses that an earlier worker found to be out, until they turn up.
    private var remembered: Set<OutOfService>

    package init(
        _ settings: UpstreamSettings = UpstreamSettings(), upstream: String = "", signal: HealthSignal = HealthSignal(),
        remembered: Set<OutOfService> = []
    ) {
        self.settings = settings
        self.upstream = upstream
        self.signal = signal
        self.remembered = remembered
        wheel = Wheel(size: settings.slots)
        distribution = Distribution(version: 0, settings: settings, peers: [], weights: [], slots: [])
    }

    /// The names that have to be followed.
    package var names: Set<String> {
        Set(targets.values.lazy.map(\.host).filter { HostAddress(literal: $0) == nil })
    }

    /// Takes over settings and targets.
    ///
    /// - Parameter history: all rows of the targets' history. Kong's wheel follows from all of it.
    package mutating func configure(_ settings: UpstreamSettings, _ history: [TargetSpec]) {
        guard settings != self.settings || history != self.history || distribution.version == 0 else { return }
        // Nothing would bring an address back once the checks that took it out are gone.
        if self.settings.isHealthChecked, !settings.isHealthChecked {
            for state in health.values { state.set(isHealthy: true) }
        }
        let goesOn = wheel.size == settings.slots && history.starts(with: self.history)
        let news = goesOn ? history[self.history.count...] : history[...]
        if !goesOn {
            wheel = Wheel(size: settings.slots)
            targets = [:]
        }
        self.settings = settings
        self.history = history
        for target in news { take(target) }
        let names = names
        findings = findings.filter { names.contains($0.key) }
        rebuild()
    }

    /// One row of the history.
    private mutating func take(_ target: TargetSpec) {
        targets[target.name] = target.weight > 0 ? target : nil
        wheel.set(target.name, target.weight > 0 ? places(of: target) : [])
    }

    /// Takes over the outcome of a lookup.
    package mutating func resolved(_ name: String, _ result: Result<HostRecords, DNSFailure>) {
        guard names.contains(name) else { return }
        switch result {
        case .success(let records) where records.lifetimeMilliseconds == 0: findings[name] = .everyTime
        case .success(let records): findings[name] = PeerBook.finding(records.answer)
        case .failure(let failure):
            // While the servers are away the last answer is the best there is.
            if !failure.isUnresolvable, findings[name] != nil { return }
            findings[name] = .nothing
        }
        for target in targets.values.filter({ $0.host == name }).sorted(by: { $0.port < $1.port }) {
            wheel.set(target.name, places(of: target))
        }
        rebuild()
    }

    private static func finding(_ answer: HostAnswer) -> Finding {
        switch answer {
        case .addresses(let addresses): .addresses(addresses)
        case .services(let records): .services(records)
        case .alias: .everyTime
        }
    }

    // MARK: - Health by hand

    /// Sets the health of all addresses of a target; false if it has none.
    package func mark(_ target: String, isHealthy: Bool) -> Bool {
        guard let peers = byTarget[target], !peers.isEmpty else { return false }
        for peer in peers { peer.health.set(isHealthy: isHealthy) }
        return true
    }

    /// The targets that have an address, and whether one of them takes requests.
    package var availability: [String: Bool] {
        byTarget.filter { !$0.value.isEmpty }.mapValues { peers in peers.contains { $0.health.isAvailable } }
    }

    // MARK: - The next distribution

    private mutating func rebuild() {
        let old = distribution
        let kept = Dictionary(old.peers.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
        var peers: [Peer] = []
        var weights: [Int] = []
        // Two targets may stand for the same: then it is one peer, with both their slots.
        var places: [Peer.Identity: Int] = [:]
        byTarget = [:]
        for member in wheel.members {
            let place = places[member.owner] ?? peers.count
            if place == peers.count {
                places[member.owner] = place
                peers.append(kept[member.owner] ?? Peer(member.owner, health: state(of: member.owner)))
                weights.append(0)
            }
            weights[place] += member.weight
            byTarget[member.group, default: []].append(peers[place])
        }
        forgetTheGone(peers)
        let members = wheel.members.map { UInt16(places[$0.owner] ?? 0) }
        distribution = Distribution(
            version: old.version + 1, settings: settings, peers: peers, weights: weights,
            slots: wheel.owners.map { members[$0] })
    }

    private func places(of target: TargetSpec) -> [(owner: Peer.Identity, weight: Int)] {
        func at(_ place: PeerPlace, _ port: Int) -> Peer.Identity {
            Peer.Identity(host: target.host, place: place, port: port)
        }
        if let address = HostAddress(literal: target.host) {
            return [(at(.address(address), target.port), target.weight)]
        }
        switch findings[target.host] {
        case .nothing: return []
        case nil, .everyTime: return [(at(.name(target.host), target.port), target.weight)]
        case .addresses(let addresses):
            return PeerBook.sorted(addresses).map { (at(.address($0), target.port), target.weight) }
        case .services(let records):
            // The record's own port and weight count; a weight of 0 as 1.
            return records.sorted { ($0.target, "\($0.port)") < ($1.target, "\($1.port)") }.map { record in
                let place = HostAddress(literal: record.target).map(PeerPlace.address) ?? .name(record.target)
                return (at(place, record.port == 0 ? target.port : record.port), max(1, record.weight))
            }
        }
    }

    /// Name servers answer in any order; the wheel's has to be the same on every node.
    private static func sorted(_ addresses: [HostAddress]) -> [HostAddress] {
        let texts = addresses.map { ($0.socketAddress(port: 0).ipAddress ?? "", $0) }
        return texts.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private mutating func state(of identity: Peer.Identity) -> PeerHealth {
        let key = HealthKey(place: identity.place, port: identity.port)
        if let known = health[key] { return known }
        let isOut = remembered.remove(PeerBook.memo(upstream, key.place, key.port)) != nil
        let made = PeerHealth(HealthRecord(isHealthy: !isOut), signal: signal)
        health[key] = made
        return made
    }

    /// The addresses that are out.
    package var outOfService: [OutOfService] {
        health.filter { !$0.value.isAvailable }.map { PeerBook.memo(upstream, $0.key.place, $0.key.port) }
    }

    private static func memo(_ upstream: String, _ place: PeerPlace, _ port: Int) -> OutOfService {
        switch place {
        case .address(let address):
            OutOfService(upstream: upstream, place: address.socketAddress(port: port).ipAddress ?? "", port: port)
        case .name(let name): OutOfService(upstream: upstream, place: name, port: port)
        }
    }

    /// An address that left and comes back starts healthy.
    private mutating func forgetTheGone(_ peers: [Peer]) {
        let present = Set(peers.map { HealthKey(place: $0.identity.place, port: $0.identity.port) })
        health = health.filter { present.contains($0.key) }
    }
}
