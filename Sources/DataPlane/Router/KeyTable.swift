// The heart of the index: one slot for every combination of category, host, method and SNI that some route has, and
// in it where the paths of these routes lie. One probe (two slots to a cache line) replaces Kong's walk over lists.

/// What a route demands besides its paths, as numbers; `none` where its category has no such criterion.
struct CriteriaKey: Equatable, Sendable {
    static let none = UInt32.max

    /// Place of the category in the order of trying.
    var category: UInt16
    var host: UInt32
    var method: UInt32
    var sni: UInt32

    @inline(__always)
    func hash(seed: UInt64) -> UInt64 {
        ByteHash.mix(UInt64(host) << 32 | UInt64(method), seed ^ (UInt64(sni) << 16 | UInt64(category)))
    }
}

/// One combination and where its routes are.
struct KeySlot: Sendable {
    var key: CriteriaKey
    var plain: (start: UInt32, count: UInt32) = (0, 0)
    var regex: (start: UInt32, count: UInt32) = (0, 0)
    /// First route with this combination; the answer where the category has no paths.
    var first: UInt32 = CriteriaKey.none
    var isUsed = false
    /// Whether only one route has this combination. Nothing can be preferred to it then.
    var isSingle = true

    static let free = KeySlot(key: CriteriaKey(category: 0, host: 0, method: 0, sni: 0))
}

struct KeyTable: Sendable {
    private let seed = ByteHash.seed
    private var mask: UInt64
    private(set) var count = 0
    private(set) var slots: [KeySlot]

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [KeySlot](repeating: .free, count: size)
        mask = UInt64(size - 1)
    }

    /// The slot of a combination, or -1.
    @inline(__always)
    func find(_ key: CriteriaKey) -> Int {
        var slot = Int(truncatingIfNeeded: key.hash(seed: seed) & mask)
        while slots[slot].isUsed {
            if slots[slot].key == key { return slot }
            slot = (slot &+ 1) & Int(truncatingIfNeeded: mask)
        }
        return -1
    }

    /// While building, `plain.start` holds the number of the combination, which this returns.
    mutating func intern(_ key: CriteriaKey) -> Int {
        let known = find(key)
        if known >= 0 { return Int(slots[known].plain.start) }
        if (count + 1) * 2 > slots.count { grow() }
        var slot = KeySlot(key: key)
        slot.isUsed = true
        slot.plain.start = UInt32(count)
        place(slot)
        count += 1
        return count - 1
    }

    /// Ends the building: every slot gets its ranges, by the number of its combination.
    mutating func settle(_ assign: (_ number: Int, _ slot: inout KeySlot) -> Void) {
        for position in slots.indices where slots[position].isUsed {
            assign(Int(slots[position].plain.start), &slots[position])
        }
    }

    private mutating func place(_ slot: KeySlot) {
        var position = Int(truncatingIfNeeded: slot.key.hash(seed: seed) & mask)
        while slots[position].isUsed {
            position = (position + 1) & Int(truncatingIfNeeded: mask)
        }
        slots[position] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = [KeySlot](repeating: .free, count: old.count * 2)
        mask = UInt64(slots.count - 1)
        for slot in old where slot.isUsed { place(slot) }
    }
}
