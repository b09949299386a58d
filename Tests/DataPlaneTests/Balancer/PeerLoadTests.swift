// What the event loops share of a peer: counts that add up, and the share of a peer that is fresh.

import DataPlane
import Synchronization
import Testing

struct PeerLoadTests {
    @Test func `requests that begin and end on many threads leave nothing behind`() async {
        let load = PeerLoad()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<10_000 {
                        load.begin()
                        load.end()
                    }
                }
            }
        }
        #expect(load.inFlight == 0)
    }

    @Test func `no thread's worst time is lost`() async {
        let load = PeerLoad()
        await withTaskGroup(of: Void.self) { group in
            for task in 1...8 {
                group.addTask {
                    for time in 1...1000 { load.answered(microseconds: Float(task * time), atMilliseconds: 5) }
                }
            }
        }
        #expect(load.average.microseconds == 8000)
    }

    @Test func `who gave up waiting tells only what is worse than expected`() {
        let load = PeerLoad()
        load.answered(microseconds: 5000, atMilliseconds: 0)
        load.givenUp(microseconds: 100, atMilliseconds: 0)
        #expect(load.average.microseconds == 5000)
        load.givenUp(microseconds: 70_000, atMilliseconds: 0)
        #expect(load.average.microseconds == 70_000)
    }

    @Test func `a peer has a tenth of its weight when it is first seen and all of it ten seconds later`() {
        let load = PeerLoad()
        let shares = [50_000, 55_000, 60_000, 61_000].map { load.share(atMilliseconds: $0) }
        #expect(shares[0] == 0.1)
        #expect((0.54..<0.56).contains(shares[1]))
        #expect(shares[2] == 1)
        #expect(shares[3] == 1)
    }

    @Test func `a peer that was out is fresh again when it comes back`() {
        let load = PeerLoad()
        for time: UInt32 in [50_000, 70_000] { _ = load.share(atMilliseconds: time) }
        load.noteOut(atMilliseconds: 80_000)
        #expect(load.share(atMilliseconds: 80_000) == 0.1)
        #expect(load.share(atMilliseconds: 90_000) == 1)
    }

    @Test func `a peer does not become fresh again when the clock wraps around`() {
        let load = PeerLoad()
        for time: UInt32 in [50_000, 70_000] { _ = load.share(atMilliseconds: time) }
        #expect(load.share(atMilliseconds: 50_001) == 1)
        let early = PeerLoad()
        #expect(early.share(atMilliseconds: 0) == 0.1)
        #expect(early.share(atMilliseconds: 10_002) == 1)
    }
}
