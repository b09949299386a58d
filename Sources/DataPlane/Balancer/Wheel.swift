// The slots of an upstream and who owns them, slot by slot as Kong's ring balancer has them, so that nodes of Kong and
// ours send the same hash to the same target. Pure: members with weights in, slots out. A slot keeps its owner whenever
// the shares allow. Who owns which follows from all changes so far and their order, as with Kong.

/// A wheel whose owners are told apart by `Owner`, and come and go in groups: the addresses of one target.
package struct Wheel<Owner: Hashable & Sendable>: Sendable {
    package struct Member: Sendable {
        package let owner: Owner
        package fileprivate(set) var weight: Int
        package let group: String
        /// The slots that it owns, the newest last.
        fileprivate var slots: [Int32] = []
    }

    /// More owners than an index of 16 bits tells apart are left out.
    private static var maximumMembers: Int { Int(UInt16.max) }

    /// The number of slots.
    package let size: Int
    /// In the order in which they get their shares.
    package private(set) var members: [Member] = []
    /// Slots that nobody owns; the next to be given out is the last.
    private var free: [Int32]

    package init(size: Int) {
        self.size = size
        free = SlotOrder.slots(size)
    }

    /// Makes these owners, with their weights, the members of a group, which is a new one or has had others until now.
    package mutating func set(_ group: String, _ owners: [(owner: Owner, weight: Int)]) {
        var wanted = Dictionary(owners.map { ($0.owner, $0.weight) }, uniquingKeysWith: { first, _ in first })
        var end = members.count
        for index in members.indices where members[index].group == group {
            members[index].weight = wanted.removeValue(forKey: members[index].owner) ?? 0
            end = index + 1
        }
        let room = max(0, Self.maximumMembers - members.count)
        let added = owners.filter { wanted.removeValue(forKey: $0.owner) != nil }.prefix(room)
        members.insert(
            contentsOf: added.map { Member(owner: $0.owner, weight: $0.weight, group: group) }, at: end)
        redistribute()
        members.removeAll { $0.weight == 0 }
    }

    /// For each slot the index of its owner in `members`; empty without members.
    package var owners: [Int] {
        guard !members.isEmpty else { return [] }
        var owners = [Int](repeating: 0, count: size)
        for (index, member) in members.enumerated() {
            for slot in member.slots { owners[Int(slot)] = index }
        }
        return owners
    }

    /// Of what the earlier ones left each member gets its share by weight, rounded down; the last one gets what
    /// remains. Who has too many gives up its newest, and these go to those who have too few.
    private mutating func redistribute() {
        var weightLeft = members.reduce(0) { $0 + $1.weight }
        var slotsLeft = size
        var missing: [(index: Int, count: Int)] = []
        for index in members.indices {
            let share = Self.share(of: slotsLeft, members[index].weight, weightLeft)
            let surplus = members[index].slots.count - share
            if surplus > 0 {
                free.append(contentsOf: members[index].slots.suffix(surplus).reversed())
                members[index].slots.removeLast(surplus)
            } else if surplus < 0 {
                missing.append((index, -surplus))
            }
            slotsLeft -= share
            weightLeft -= members[index].weight
        }
        for (index, count) in missing {
            members[index].slots.append(contentsOf: free.suffix(count).reversed())
            free.removeLast(count)
        }
    }

    /// In floating point, and with what Kong adds to make up for that.
    private static func share(of slots: Int, _ weight: Int, _ total: Int) -> Int {
        total == 0 ? 0 : Int(Double(slots) * (Double(weight) / Double(total)) + 0.0001)
    }
}
