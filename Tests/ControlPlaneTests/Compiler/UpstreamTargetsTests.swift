// The history of an upstream's targets: the order is that of arrival.

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
        targets.history.map { "\($0.host) \($0.port) \($0.weight)" }
    }

    @Test func `targets keep the order in which they were added`() {
        #expect(texts(targets([("b:1", 1), ("a:2", 2), ("[::1]:3", 3)])) == ["b 1 1", "a 2 2", "[::1] 3 3"])
    }

    @Test func `later rows follow, those that take a target out among them`() {
        let rows = [("a:1", 1), ("b:1", 1), ("a:1", 0), ("a:1", 5)]
        #expect(texts(targets(rows)) == ["a 1 1", "b 1 1", "a 1 0", "a 1 5"])
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
        #expect(texts(some) == ["x 1 4", "x 1 0"])
    }
}
