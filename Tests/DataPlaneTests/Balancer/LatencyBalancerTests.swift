// The latency algorithm: who answers sooner gets more, and nobody is given up for ever.

import DataPlane
import Testing

struct LatencyBalancerTests {
    private static func choice(_ seed: UInt64 = 1) -> Simulation.Choice {
        let balancer = LatencyBalancer(seed: seed)
        return { balancer.choose(from: $0, tried: $1, atMilliseconds: $2) }
    }

    private func simulation(_ weights: [Int], _ milliseconds: [Double], seed: UInt64 = 1) -> Simulation {
        Simulation(weights: weights, milliseconds: milliseconds, seed: seed, Self.choice(seed))
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `a slow peer gets little, however little there is to do`(seed: UInt64) {
        for pause in [2.0, 50] {
            var simulation = simulation([100, 100, 100], [5, 5, 100], seed: seed)
            let shares = simulation.send(3000, everyMilliseconds: pause)
            #expect(shares[2] < 90, "\(shares)")
            #expect(shares[0] > 1000 && shares[1] > 1000, "\(shares)")
            simulation.pass(60_000)
            #expect(simulation.peers.allSatisfy { $0.load.inFlight == 0 })
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `peers that are alike share by weight`(seed: UInt64) {
        for pause in [2.0, 50] {
            var simulation = simulation([300, 100, 100], [10, 10, 10], seed: seed)
            let shares = simulation.send(5000, everyMilliseconds: pause)
            #expect((2500..<3500).contains(shares[0]), "\(shares)")
            #expect((700..<1300).contains(shares[1]), "\(shares)")
        }
    }

    @Test func `a peer that was slow and is fast again gets its share back`() {
        var simulation = simulation([100, 100], [5, 300])
        _ = simulation.send(2000, everyMilliseconds: 5)
        let slow = simulation.send(1000, everyMilliseconds: 5)[1]
        simulation.milliseconds[1] = 5
        _ = simulation.send(16_000, everyMilliseconds: 5)
        let recovered = simulation.send(1000, everyMilliseconds: 5)[1]
        #expect(slow < 30)
        #expect(recovered > 300, "\(recovered) of 1000")
    }

    @Test func `a peer that refuses at once is not taken for the fastest`() {
        var simulation = simulation([100, 100, 100], [5, 5, 5])
        simulation.refusing = [0]
        let shares = simulation.send(4000, everyMilliseconds: 2)
        #expect(shares[0] < 100, "\(shares)")
    }

    @Test func `a new peer gets one request at a time until it has answered`() {
        var simulation = simulation([100, 100], [5, 800])
        simulation.peers[1].health.set(isHealthy: false)
        _ = simulation.send(20, everyMilliseconds: 10)
        simulation.peers[1].health.set(isHealthy: true)
        _ = simulation.send(100, everyMilliseconds: 2)
        #expect(simulation.most[1] == 1)
    }

    @Test func `when nobody has answered yet requests are spread`() {
        var simulation = simulation([100, 100], [90_000, 90_000])
        let shares = simulation.send(100, everyMilliseconds: 1)
        #expect(abs(shares[0] - shares[1]) < 20, "\(shares)")
    }

    @Test func `who has more to do gets less`() {
        let simulation = simulation([100, 100], [1, 1])
        for peer in simulation.peers { peer.load.answered(microseconds: 5000, atMilliseconds: 0) }
        for _ in 0..<9 { simulation.peers[0].load.begin() }
        let choose = Self.choice()
        let chosen = (0..<1000).count { _ in choose(simulation.distribution, [], 0) === simulation.peers[0] }
        #expect(chosen < 20)
    }

    @Test func `a peer that was tried is chosen only when all were`() {
        let simulation = simulation([100, 100, 100], [1, 1, 1])
        let choose = Self.choice()
        let (peers, distribution) = (simulation.peers, simulation.distribution)
        for _ in 0..<100 {
            #expect(choose(distribution, [peers[0], peers[2]], 5) === peers[1])
            #expect(choose(distribution, peers, 5) != nil)
        }
    }

    @Test func `a peer that is out is not chosen, and without peers there is none`() {
        let simulation = simulation([100, 100, 100], [1, 1, 1])
        let choose = Self.choice()
        simulation.peers[1].health.set(isHealthy: false)
        for _ in 0..<100 { #expect(choose(simulation.distribution, [], 5) !== simulation.peers[1]) }
        for peer in simulation.peers { peer.health.set(isHealthy: false) }
        #expect(choose(simulation.distribution, [], 5) == nil)
        #expect(choose(PeerBook().distribution, [], 5) == nil)
    }
}
