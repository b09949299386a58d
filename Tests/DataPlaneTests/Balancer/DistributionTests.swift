// Choosing from the wheel: peers that are out are skipped, and those that failed the request come last.

import DataPlane
import Testing

struct DistributionTests {
    private let distribution: Distribution

    init() {
        var settings = UpstreamSettings()
        settings.slots = 30
        var book = PeerBook()
        book.configure(settings, (1...3).map { TargetSpec(host: "10.0.0.\($0)", port: 80, weight: 1) })
        distribution = book.distribution
    }

    private var peers: [Peer] { distribution.peers }

    @Test func `a slot belongs to its peer`() {
        for slot in 0..<30 {
            let found = distribution.peer(from: slot, tried: [])
            #expect(found?.peer === peers[Int(distribution.slots[slot])])
            #expect(found?.slot == slot)
        }
    }

    @Test func `a peer that is out is skipped`() {
        peers[1].health.set(isHealthy: false)
        for slot in 0..<30 { #expect(distribution.peer(from: slot, tried: [])?.peer !== peers[1]) }
    }

    @Test func `a peer that failed the request is used again only when all others did, too`() {
        for slot in 0..<30 {
            #expect(distribution.peer(from: slot, tried: [peers[0], peers[2]])?.peer === peers[1])
            #expect(distribution.peer(from: slot, tried: peers) != nil)
        }
    }

    @Test func `there is no peer when all are out`() {
        for peer in peers { peer.health.set(isHealthy: false) }
        #expect(distribution.peer(from: 3, tried: []) == nil)
        for peer in peers { peer.health.set(isHealthy: true) }
    }

    @Test func `an upstream without targets has no peer`() {
        #expect(PeerBook().distribution.peer(from: 0, tried: []) == nil)
    }

    @Test func `event loops see a change of the upstream`() {
        let upstream = UpstreamBalancer(name: "u.test")
        let before = upstream.distribution
        #expect(upstream.refreshed(before) === before)
        upstream.configure(UpstreamSettings(), [TargetSpec(host: "a.test", port: 80, weight: 1)])
        #expect(upstream.refreshed(before) !== before)
        #expect(upstream.names == ["a.test"])
        #expect(upstream.targetAvailability == nil)
    }

    @Test func `an upstream of the same name keeps its object until it is removed`() {
        let upstreams = Upstreams()
        upstreams.set("u.test", UpstreamSettings(), [])
        let first = upstreams.find("u.test")
        upstreams.set("u.test", UpstreamSettings(), [TargetSpec(host: "10.0.0.1", port: 80, weight: 1)])
        #expect(upstreams.find("u.test") === first)
        upstreams.remove("u.test")
        #expect(upstreams.find("u.test") == nil)
    }

    @Test func `what was out before a reload is out after it, and only where it was`() {
        let before = Upstreams()
        let targets = [
            TargetSpec(host: "10.0.0.1", port: 80, weight: 1), TargetSpec(host: "b.test", port: 81, weight: 1),
        ]
        for name in ["u.test", "v.test"] { before.set(name, UpstreamSettings(), targets) }
        _ = before.find("u.test")?.mark("10.0.0.1:80", isHealthy: false)
        _ = before.find("u.test")?.mark("b.test:81", isHealthy: false)
        let lines = before.outOfService.map(\.line)
        #expect(Set(lines) == ["u.test 10.0.0.1 80", "u.test b.test 81"])

        let after = Upstreams(remembered: Set(lines.compactMap { OutOfService(line: $0) }))
        for name in ["u.test", "v.test"] { after.set(name, UpstreamSettings(), targets) }
        #expect(after.outOfService == before.outOfService)
        after.set("u.test", UpstreamSettings(), [])
        after.set("u.test", UpstreamSettings(), targets)
        #expect(after.outOfService.isEmpty)
    }

    @Test func `a change of health is told, a report without one is not`() async {
        let upstreams = Upstreams()
        upstreams.set("u.test", UpstreamSettings(), [TargetSpec(host: "10.0.0.1", port: 80, weight: 1)])
        await confirmation(expectedCount: 2) { confirm in
            upstreams.signal.listen { confirm() }
            let peer = upstreams.find("u.test")?.distribution.peers.first
            _ = peer?.health.report(.timeout, limit: 2)
            _ = peer?.health.report(.timeout, limit: 2)
            _ = peer?.health.report(.timeout, limit: 2)
            peer?.health.set(isHealthy: true)
            peer?.health.set(isHealthy: true)
        }
    }
}
