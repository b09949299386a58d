// Least connections: who has the least to do for its weight is next.

import DataPlane
import Testing

struct LeastConnectionsTests {
    private static func choice(_ seed: UInt64 = 1) -> Simulation.Choice {
        let balancer = LeastConnectionsBalancer(seed: seed)
        return { balancer.choose(from: $0, tried: $1, atMilliseconds: $2) }
    }

    private func simulation(_ weights: [Int], _ milliseconds: [Double], seed: UInt64 = 1) -> Simulation {
        Simulation(weights: weights, milliseconds: milliseconds, seed: seed, Self.choice(seed))
    }

    /// A simulation whose peers have all of their weight.
    private func settled(_ weights: [Int], _ milliseconds: [Double], seed: UInt64 = 1) -> Simulation {
        var simulation = simulation(weights, milliseconds, seed: seed)
        _ = simulation.send(1, everyMilliseconds: 1)
        simulation.pass(60_000)
        return simulation
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `a peer that is ten times as slow gets about a tenth of what the others get`(seed: UInt64) {
        var simulation = settled([100, 100, 100], [10, 10, 100], seed: seed)
        let shares = simulation.send(6000, everyMilliseconds: 1)
        #expect((200..<700).contains(shares[2]), "\(shares)")
        #expect(abs(shares[0] - shares[1]) < 300, "\(shares)")
        simulation.pass(60_000)
        #expect(simulation.peers.allSatisfy { $0.load.inFlight == 0 })
    }

    @Test func `peers without requests take turns by weight`() {
        var simulation = settled([300, 100], [1, 1])
        let shares = simulation.send(400, everyMilliseconds: 10)
        #expect((299...301).contains(shares[0]), "\(shares)")
    }

    @Test func `under load peers that are alike have requests by weight`() {
        var simulation = settled([300, 100], [40, 40])
        let shares = simulation.send(4000, everyMilliseconds: 1)
        #expect((2850..<3150).contains(shares[0]), "\(shares)")
    }

    @Test func `the count decides at once and not the turn`() {
        let simulation = settled([100, 100], [1, 1])
        for _ in 0..<5 { simulation.peers[0].load.begin() }
        let choose = Self.choice()
        for _ in 0..<4 { #expect(choose(simulation.distribution, [], 200_000) === simulation.peers[1]) }
    }

    @Test func `weights count for the count`() {
        let simulation = settled([300, 100], [1, 1])
        for _ in 0..<2 { simulation.peers[0].load.begin() }
        simulation.peers[1].load.begin()
        let choose = Self.choice()
        #expect(choose(simulation.distribution, [], 200_000) === simulation.peers[0])
        for _ in 0..<2 { simulation.peers[0].load.begin() }
        #expect(choose(simulation.distribution, [], 200_000) === simulation.peers[1])
    }

    @Test func `a peer that comes back is not given everything until it has as much as the others`() {
        var simulation = settled([100, 100, 100], [2000, 2000, 2000])
        simulation.peers[2].health.set(isHealthy: false)
        _ = simulation.send(400, everyMilliseconds: 10)
        let others = simulation.peers[0].load.inFlight
        #expect(others > 80)
        simulation.peers[2].health.set(isHealthy: true)
        let shares = simulation.send(50, everyMilliseconds: 10)
        #expect((5..<25).contains(shares[2]), "\(shares) with \(others) under way at each of the others")
    }

    @Test func `a peer that was tried is chosen only when all were`() {
        let simulation = settled([100, 100], [1, 1])
        let choose = Self.choice()
        for _ in 0..<20 {
            #expect(choose(simulation.distribution, [simulation.peers[0]], 200_000) === simulation.peers[1])
            #expect(choose(simulation.distribution, simulation.peers, 200_000) != nil)
        }
        simulation.peers[1].health.set(isHealthy: false)
        #expect(choose(simulation.distribution, [simulation.peers[0]], 200_000) === simulation.peers[0])
    }

    @Test func `there is no peer when all are out or there are none`() {
        let simulation = simulation([100, 100], [1, 1])
        let choose = Self.choice()
        for peer in simulation.peers { peer.health.set(isHealthy: false) }
        #expect(choose(simulation.distribution, [], 1) == nil)
        #expect(choose(simulation.distribution, simulation.peers, 1) == nil)
        #expect(choose(PeerBook().distribution, [], 1) == nil)
    }

    @Test func `event loops do not all begin with the same peer`() {
        let simulation = settled([100, 100, 100], [1, 1, 1])
        let firsts = (0..<60).map { seed in
            Self.choice(seed)(simulation.distribution, [], 200_000).map { $0.description } ?? ""
        }
        for peer in simulation.peers { #expect((8..<40).contains(firsts.count { $0 == peer.description })) }
    }

    @Test func `a target that is taken away in the middle of requests keeps nothing of another`() {
        var book = PeerBook()
        let targets = (1...3).map { TargetSpec(host: "10.0.0.\($0)", port: 80, weight: 1) }
        book.configure(UpstreamSettings(), targets)
        let choose = Self.choice()
        let before = book.distribution
        for _ in 0..<30 { choose(before, [], 5000)?.load.begin() }
        let counts = before.peers.map(\.load.inFlight)
        #expect(counts == [10, 10, 10])
        book.configure(UpstreamSettings(), [targets[0], targets[2]])
        #expect(book.distribution.peers.map(\.load.inFlight) == [10, 10])
        for peer in before.peers { for _ in 0..<10 { peer.load.end() } }
        #expect(book.distribution.peers.map(\.load.inFlight) == [0, 0])
        #expect(choose(book.distribution, [], 5000) != nil)
    }
}
