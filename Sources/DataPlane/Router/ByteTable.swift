// A set of byte strings that numbers them in the order they came: open addressing over one arena. It turns the
// criteria of a request (host, method, SNI) into small numbers; everything after that compares numbers.

struct ByteTable: Sendable {
    private let seed = ByteHash.seed
    private var bytes: [UInt8] = []
    /// Where each string ends in `bytes`; it starts where the one before it ends.
    private var ends: [UInt32] = [0]
    /// Upper half: 32 bits of the hash. Lower half: number + 1, or 0 when the slot is free.
    private var slots: [UInt64]
    private var mask: UInt64

    init(capacity: Int = 0) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
        mask = UInt64(size - 1)
    }

    var count: Int { ends.count - 1 }
    var isEmpty: Bool { ends.count == 1 }

    /// The number of a string, or -1.
    func find(_ string: Span<UInt8>) -> Int {
        let tag = ByteHash.hash(string, seed: seed) >> 32
        var slot = tag & mask
        while true {
            let entry = slots[Int(truncatingIfNeeded: slot)]
            if entry == 0 { return -1 }
            let number = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) &- 1
            if entry >> 32 == tag && ByteHash.equal(bytes.span.extracting(range(number)), string) { return number }
            slot = (slot &+ 1) & mask
        }
    }

    /// The number of a string, which is added if it is new.
    mutating func intern(_ string: Span<UInt8>) -> Int {
        let known = find(string)
        if known >= 0 { return known }
        for position in string.indices {
            bytes.append(string[position])
        }
        ends.append(UInt32(bytes.count))
        if count * 2 > slots.count { grow() }
        place(tag: ByteHash.hash(string, seed: seed) >> 32, number: UInt64(count))
        return count - 1
    }

    func range(_ number: Int) -> Range<Int> {
        Int(ends[number])..<Int(ends[number &+ 1])
    }

    /// All strings, one after the other; `range` says where each lies.
    var arena: [UInt8] { bytes }

    func length(_ number: Int) -> Int {
        Int(ends[number &+ 1] &- ends[number])
    }

    @inline(__always)
    func isPrefix(_ number: Int, of text: Span<UInt8>) -> Bool {
        ByteHash.startsWith(text, bytes.span.extracting(range(number)))
    }

    private mutating func place(tag: UInt64, number: UInt64) {
        var slot = tag & mask
        while slots[Int(slot)] != 0 {
            slot = (slot + 1) & mask
        }
        slots[Int(slot)] = tag << 32 | number
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        mask = UInt64(slots.count - 1)
        for entry in old where entry != 0 {
            place(tag: entry >> 32, number: entry & 0xFFFF_FFFF)
        }
    }
}
