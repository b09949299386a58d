// The slots of an upstream and who owns them. Pure: weights in, slots out. A slot keeps its owner whenever the shares
// allow, so that a change moves no more requests (and hashed clients) than it has to.

/// Distributes slots over owners. The owner of a slot is an index into the list of weights.
package enum Wheel {
    /// The most owners that slots can tell apart.
    package static let maximumOwners = Int(UInt16.max)

    /// How many slots each owner gets: of what the earlier ones left, its share by weight, rounded down. The last
    /// owner gets what remains.
    package static func shares(of slots: Int, weights: [Int]) -> [Int] {
        var weightLeft = weights.reduce(0, +)
        var slotsLeft = slots
        return weights.map { weight in
            guard weightLeft > 0 else { return 0 }
            let share = slotsLeft * weight / weightLeft
            weightLeft -= weight
            slotsLeft -= share
            return share
        }
    }

    /// Distributes slots that nobody owns yet. Empty when no owner has a weight.
    package static func distribute(_ slots: Int, weights: [Int]) -> [UInt16] {
        redistribute([], of: slots, from: [], weights: weights)
    }

    /// Distributes slots anew after a change.
    ///
    /// - Parameters:
    ///   - old: the slots before, or none.
    ///   - renumbered: for each owner before its index now; nil for one that is gone.
    package static func redistribute(
        _ old: [UInt16], of slots: Int, from renumbered: [Int?], weights: [Int]
    ) -> [UInt16] {
        guard weights.contains(where: { $0 > 0 }) else { return [] }
        var missing = shares(of: slots, weights: weights)
        let order = order(of: slots)
        var owners = [Int?](repeating: nil, count: slots)
        if old.count == slots {
            // An owner keeps the slots that come first in the order and lets go of those above its share.
            for slot in order {
                guard let owner = renumbered[Int(old[slot])], missing[owner] > 0 else { continue }
                missing[owner] -= 1
                owners[slot] = owner
            }
        }
        var taker = 0
        for slot in order where owners[slot] == nil {
            while missing[taker] == 0 { taker += 1 }
            missing[taker] -= 1
            owners[slot] = taker
        }
        return owners.map { UInt16($0 ?? 0) }
    }

    /// All slots in an order that looks random and is the same on every node.
    private static func order(of slots: Int) -> [Int] {
        var order = Array(0..<slots)
        var random = SplitMix(state: UInt64(slots))
        for index in stride(from: slots - 1, to: 0, by: -1) {
            order.swapAt(index, Int(random.next() % UInt64(index + 1)))
        }
        return order
    }
}

/// A small generator with a known sequence (SplitMix64, by Steele, Lea and Flood).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
