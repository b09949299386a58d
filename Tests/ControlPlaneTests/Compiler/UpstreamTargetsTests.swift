// The history of an upstream's targets: the newest row of a target counts, and the order is that of arrival.

import ControlPlane
import DataPlane
import Schema
import Testing

struct UpstreamTargetsTests {
    private func targets(_ history: [(target: String, weight: Int)]) -> UpstreamTargets {
        var targets = UpstreamTargets()
        for (place, entry) in history.enumerated() {
            targets.set(
                "id-\(place)",
                [
                    "target": .string(entry.target), "weight": .number(Double(entry.weight)),
                    "created_at": .number(Double(place)),
                ])
        }
        return targets
    }

    private func texts(_ targets: UpstreamTargets) -> [String] {
        targets.active.map { "\($0.host) \($0.port) \($0.weight)" }
    }

    @Test func `targets keep the order in which they were added`() {
        #expect(texts(targets([("b:1", 1), ("a:2", 2), ("[::1]:3", 3)])) == ["b 1 1", "a 2 2", "[::1] 3 3"])
    }

    @Test func `a later row changes the weight and not the place`() {
        #expect(texts(targets([("a:1", 1), ("b:1", 1), ("a:1", 9)])) == ["a 1 9", "b 1 1"])
    }

    @Test func `a weight of 0 takes a target out, and when it comes back it is the last`() {
        #expect(texts(targets([("a:1", 1), ("b:1", 1), ("a:1", 0)])) == ["b 1 1"])
        #expect(texts(targets([("a:1", 1), ("b:1", 1), ("a:1", 0), ("a:1", 5)])) == ["b 1 1", "a 1 5"])
    }

    @Test func `a row that is gone counts no more`() {
        var some = targets([("a:1", 1), ("a:1", 0)])
        some.set("id-1", nil)
        #expect(texts(some) == ["a 1 1"])
        some.set("id-0", nil)
        #expect(some.isEmpty)
    }

    @Test func `rows of one moment are ordered by id`() {
        var some = UpstreamTargets()
        some.set("b", ["target": "x:1", "weight": 0, "created_at": 1])
        some.set("a", ["target": "x:1", "weight": 4, "created_at": 1])
        #expect(some.active.isEmpty)
    }
}
