// A day at the gateway in no time: requests that come by chance, peers that take theirs, and a clock that jumps from
// event to event. The same seed gives the same day.

import DataPlane

struct Simulation {
    typealias Choice = (_ distribution: Distribution, _ tried: [Peer], _ milliseconds: UInt32) -> Peer?

    private struct Request {
        let end: Double
        let began: Double
        let peer: Int
    }

    let distribution: Distribution
    /// How long each peer takes, in milliseconds, on average; the times are spread like chance spreads them.
    var milliseconds: [Double]
    /// Peers that refuse every request at once.
    var refusing: Set<Int> = []
    private let choose: Choice
    private var random: SeededGenerator
    private var underWay: [Request] = []
    /// Milliseconds.
    private(set) var now = 100_000.0
    /// The most requests that each peer ever had at a time.
    private(set) var most: [Int]

    init(weights: [Int], milliseconds: [Double], seed: UInt64 = 1, _ choose: @escaping Choice) {
        var settings = UpstreamSettings()
        settings.slots = 1000
        var book = PeerBook()
        book.configure(
            settings,
            weights.enumerated().map { TargetSpec(host: "10.0.0.\($0 + 1)", port: 80, weight: $1) })
        distribution = book.distribution
        self.milliseconds = milliseconds
        self.choose = choose
        random = SeededGenerator(seed: seed)
        most = weights.map { _ in 0 }
    }

    var peers: [Peer] { distribution.peers }

    private var clock: UInt32 { UInt32(now) }

    /// Sends requests, on average that often, and tells how many each peer got.
    mutating func send(_ count: Int, everyMilliseconds pause: Double) -> [Int] {
        var shares = peers.map { _ in 0 }
        for _ in 0..<count {
            pass(chance(around: pause))
            guard let peer = choose(distribution, [], clock) else { continue }
            let index = peers.firstIndex { $0 === peer } ?? 0
            shares[index] += 1
            begin(at: index)
        }
        return shares
    }

    private mutating func begin(at index: Int) {
        let load = peers[index].load
        if refusing.contains(index) { return load.failed(microseconds: 50, atMilliseconds: clock) }
        load.begin()
        most[index] = max(most[index], load.inFlight)
        underWay.append(Request(end: now + chance(around: milliseconds[index]), began: now, peer: index))
    }

    /// Lets time go by.
    mutating func pass(_ time: Double) {
        let end = now + time
        while let next = underWay.indices.min(by: { underWay[$0].end < underWay[$1].end }), underWay[next].end <= end {
            let request = underWay.remove(at: next)
            now = request.end
            peers[request.peer].load.end()
            peers[request.peer].load.answered(
                microseconds: Float((now - request.began) * 1000), atMilliseconds: clock)
        }
        now = end
    }

    /// From half to one and a half times as long.
    private mutating func chance(around average: Double) -> Double {
        average * Double.random(in: 0.5...1.5, using: &random)
    }
}
