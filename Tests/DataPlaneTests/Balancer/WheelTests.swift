// The wheel: Kong's, slot by slot, with as few slots as possible in new hands after a change. The rows of digits were
// printed by Kong's own ring balancer (lua-resty-dns-client 3.0.2) for the same calls.

import DataPlane
import Testing

struct WheelTests {
    /// A wheel after these changes of targets with one address each; a weight of 0 takes one away.
    private func wheel(_ size: Int, _ changes: [(target: Int, weight: Int)]) -> Wheel<Int> {
        var wheel = Wheel<Int>(size: size)
        for (target, weight) in changes { set(&wheel, target, weight) }
        return wheel
    }

    private func set(_ wheel: inout Wheel<Int>, _ target: Int, _ weight: Int) {
        wheel.set("\(target)", weight > 0 ? [(target, weight)] : [])
    }

    private func owners(_ wheel: Wheel<Int>) -> [Int] {
        wheel.owners.map { wheel.members[$0].owner }
    }

    private func text(_ wheel: Wheel<Int>) -> String {
        owners(wheel).map(String.init).joined()
    }

    private func counts(_ wheel: Wheel<Int>) -> [Int: Int] {
        owners(wheel).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private static let history: [(target: Int, weight: Int, slots: String)] = [
        (1, 100, "111111111111111111111111111111"),
        (2, 100, "111212221212111222112212121212"),
        (3, 100, "111312233213333322313212121212"),
        (1, 0, "222322233233333322333232323222"),
        (4, 300, "444342234443444342343442424244"),
        (2, 500, "222222234442444322243242424224"),
        (1, 10, "222222234142444322243242424224"),
        (3, 0, "222222224142444222244242424224"),
        (4, 100, "222222224122444222222222224222"),
    ]

    @Test func `each change of a history leaves the slots as Kong has them`() {
        var wheel = Wheel<Int>(size: 30)
        for (target, weight, slots) in Self.history {
            set(&wheel, target, weight)
            #expect(text(wheel) == slots, "after \(target) has \(weight)")
        }
    }

    @Test(arguments: [
        ([(1, 100), (2, 100)], "1222122111"),
        ([(1, 300), (2, 100)], "1212112111"),
    ])
    func `so it is with few slots`(changes: [(Int, Int)], slots: String) {
        #expect(text(wheel(10, changes.map { (target: $0.0, weight: $0.1) })) == slots)
    }

    @Test(arguments: [(10_000, 184_480_638), (65_536, 1_086_767_461)])
    func `so it is with the usual number of slots, and with the most`(size: Int, hash: Int) {
        let changes = [(1, 100), (2, 100), (3, 50), (4, 1000), (2, 0), (5, 7), (1, 900), (2, 3)]
        let wheel = wheel(size, changes.map { (target: $0.0, weight: $0.1) })
        #expect(owners(wheel).reduce(0) { ($0 * 31 + $1) % 2_147_483_647 } == hash)
    }

    @Test func `so it is with many targets`() {
        let wheel = wheel(1000, (1...50).map { (target: $0, weight: $0 * 13 % 97 + 1) })
        #expect(owners(wheel).reduce(0) { ($0 * 31 + $1) % 2_147_483_647 } == 721_119_881)
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
        let wheel = wheel(example.slots, example.weights.enumerated().map { ($0, $1) })
        #expect(example.weights.indices.map { counts(wheel)[$0] ?? 0 } == example.expected)
    }

    @Test func `a wheel without members is empty`() {
        #expect(Wheel<Int>(size: 10).owners.isEmpty)
        #expect(wheel(10, [(1, 5), (1, 0)]).owners.isEmpty)
        #expect(text(wheel(10, [(1, 5), (1, 0), (2, 5)])) == "2222222222")
    }

    @Test func `a new owner takes slots from the others and moves none between them`() {
        let before = owners(wheel(100, [(0, 1), (1, 1)]))
        let after = wheel(100, [(0, 1), (1, 1), (2, 2)])
        #expect(counts(after) == [0: 25, 1: 25, 2: 50])
        #expect(zip(before, owners(after)).allSatisfy { $0 == $1 || $1 == 2 })
    }

    @Test func `the slots of an owner that left go to the others, which keep theirs`() {
        let before = owners(wheel(90, [(0, 1), (1, 1), (2, 1)]))
        let after = wheel(90, [(0, 1), (1, 1), (2, 1), (1, 0)])
        #expect(counts(after) == [0: 45, 2: 45])
        for (old, new) in zip(before, owners(after)) where old != 1 { #expect(new == old) }
    }

    @Test func `a change of weight moves only the slots it has to`() {
        let before = owners(wheel(100, [(0, 100), (1, 100)]))
        let after = wheel(100, [(0, 100), (1, 100), (1, 300)])
        #expect(counts(after) == [0: 25, 1: 75])
        #expect(zip(before, owners(after)).count { $0 != $1 } == 25)
    }

    @Test func `a target's addresses come and go within it`() {
        var wheel = wheel(100, [(1, 1), (2, 1)])
        let before = owners(wheel)
        wheel.set("1", [(1, 1), (11, 1)])
        #expect(counts(wheel) == [1: 33, 11: 33, 2: 34])
        #expect(wheel.members.map(\.owner) == [1, 11, 2])
        wheel.set("1", [(11, 1)])
        #expect(counts(wheel) == [11: 50, 2: 50])
        wheel.set("1", [(1, 1)])
        #expect(counts(wheel) == [1: 50, 2: 50])
        #expect(zip(before, owners(wheel)).count { $0 == $1 } > 60)
    }

    @Test func `Mersenne's twister is the one of the paper`() {
        var random = MersenneTwister(seed: 5489)
        let words = (0..<10_000).map { _ in random.word() }
        #expect(words.first == 3_499_211_612)
        #expect(words.last == 4_123_659_995)
    }
}
