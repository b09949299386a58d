// The wheel: shares by weight, and as few slots as possible in new hands after a change.

import DataPlane
import Testing

struct WheelTests {
    private func counts(_ slots: [UInt16]) -> [Int] {
        slots.reduce(into: [Int](repeating: 0, count: Int(slots.max() ?? 0) + 1)) { $0[Int($1)] += 1 }
    }

    @Test(arguments: [
        (slots: 10, weights: [100, 100], expected: [5, 5]),
        (12, [300, 100], [9, 3]),
        (10, [1, 1, 1], [3, 3, 4]),
        (10, [1000, 1], [9, 1]),
        (10, [7], [10]),
        (100, [100, 100, 100], [33, 33, 34]),
    ])
    func `slots are shared by weight, rounded down, and the last one gets the rest`(
        _ example: (slots: Int, weights: [Int], expected: [Int])
    ) {
        #expect(Wheel.shares(of: example.slots, weights: example.weights) == example.expected)
        #expect(counts(Wheel.distribute(example.slots, weights: example.weights)) == example.expected)
    }

    @Test func `a wheel without weights is empty`() {
        #expect(Wheel.distribute(10, weights: []).isEmpty)
        #expect(Wheel.distribute(10, weights: [0, 0]).isEmpty)
    }

    @Test func `the same weights make the same wheel on every node`() {
        #expect(Wheel.distribute(1000, weights: [3, 4, 5]) == Wheel.distribute(1000, weights: [3, 4, 5]))
    }

    @Test func `an owner's slots do not lie in one row`() {
        let slots = Wheel.distribute(1000, weights: [1, 1])
        let changes = zip(slots, slots.dropFirst()).count { $0 != $1 }
        #expect(changes > 400)
    }

    @Test func `a new owner takes slots from the others and moves none between them`() {
        let before = Wheel.distribute(100, weights: [1, 1])
        let after = Wheel.redistribute(before, of: 100, from: [0, 1], weights: [1, 1, 2])
        #expect(counts(after) == [25, 25, 50])
        #expect(zip(before, after).allSatisfy { $0 == $1 || $1 == 2 })
    }

    @Test func `the slots of an owner that left go to the others, which keep theirs`() {
        let before = Wheel.distribute(90, weights: [1, 1, 1])
        let after = Wheel.redistribute(before, of: 90, from: [0, nil, 1], weights: [1, 1])
        #expect(counts(after) == [45, 45])
        for (old, new) in zip(before, after) where old != 1 { #expect(new == (old == 0 ? 0 : 1)) }
    }

    @Test func `a change of weight moves only the slots it has to`() {
        let before = Wheel.distribute(100, weights: [100, 100])
        let after = Wheel.redistribute(before, of: 100, from: [0, 1], weights: [100, 300])
        #expect(counts(after) == [25, 75])
        #expect(zip(before, after).count { $0 != $1 } == 25)
    }

    @Test func `another size makes a new wheel`() {
        let before = Wheel.distribute(100, weights: [1, 1])
        #expect(
            Wheel.redistribute(before, of: 50, from: [0, 1], weights: [1, 1]) == Wheel.distribute(50, weights: [1, 1]))
    }

    @Test func `a lone owner gets back what it had when the other one has come and gone`() {
        let alone = Wheel.distribute(64, weights: [5])
        let both = Wheel.redistribute(alone, of: 64, from: [0], weights: [5, 5])
        #expect(Wheel.redistribute(both, of: 64, from: [0, nil], weights: [5]) == alone)
    }
}
