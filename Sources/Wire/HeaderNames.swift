// The table behind KnownHeader.lookup: open addressing over the words that make up a name.
// A few integer comparisons decide; no name is ever lower-cased into a copy or hashed as a String.

/// The known names in a hash table whose keys are machine words.
struct HeaderNames: Sendable {
    static let table = HeaderNames()

    /// A name of 1...24 bytes in small letters, as words of eight bytes: the first, the second (of names above
    /// 16 bytes) and the last, which may overlap the one before.
    private struct Key: Equatable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var last: UInt64 = 0
        var count = 0
    }

    private struct Entry {
        var key = Key()
        var known = KnownHeader.other
    }

    private static let longestName = 24
    private static let slotCount = 256

    /// An array, not an InlineArray: reading one element of a large inline value may copy all of it.
    private var entries = [Entry](repeating: Entry(), count: slotCount)

    private init() {
        for known in KnownHeader.allCases where known != .other && known != .xAccel {
            let name = known.name.withUTF8Buffer { Array($0) }
            let key = Self.key(name.span.bytes, 0, name.count)
            var slot = Self.slot(key)
            while entries[slot].key.count != 0 { slot = (slot &+ 1) % Self.slotCount }
            entries[slot] = Entry(key: key, known: known)
        }
    }

    /// The header whose name is at `name`, which must be a valid name: folding the case of control bytes would
    /// make some of them look like a dash.
    func lookup(_ bytes: RawSpan, _ name: Slice) -> KnownHeader {
        let count = Int(name.count)
        guard count >= 2 else { return .other }
        let key = Self.key(bytes, Int(name.start), count)
        if key.first == AsciiWord.of("x-accel-") { return .xAccel }
        guard count <= Self.longestName else { return .other }
        var slot = Self.slot(key)
        while entries[slot].key.count != 0 {
            if entries[slot].key == key { return entries[slot].known }
            slot = (slot &+ 1) % Self.slotCount
        }
        return .other
    }

    @inline(__always)
    private static func key(_ bytes: RawSpan, _ start: Int, _ count: Int) -> Key {
        var key = Key(count: count)
        guard count > 8 else {
            let unused = UInt64(8 &* (8 &- count))
            key.first = AsciiWord.load(bytes, start, count: count) | (AsciiWord.caseBits &>> unused)
            return key
        }
        key.first = AsciiWord.load(bytes, start) | AsciiWord.caseBits
        key.last = AsciiWord.load(bytes, start &+ count &- 8) | AsciiWord.caseBits
        if count > 16 { key.second = AsciiWord.load(bytes, start &+ 8) | AsciiWord.caseBits }
        return key
    }

    @inline(__always)
    private static func slot(_ key: Key) -> Int {
        let mixed = key.first ^ (key.last &<< 1) ^ UInt64(truncatingIfNeeded: key.count)
        return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) &>> 56)
    }
}
