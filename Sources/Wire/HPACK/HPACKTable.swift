// HPACK's dynamic table (RFC 7541, section 4): the newest fields, as many as fit. The bytes of all entries lie one
// behind the other; when the end of the memory is reached, those still in use move to its beginning, so that an entry
// is always one piece and a byte is moved once for each that is added.

struct HPACKTable: Sendable {
    /// An entry's place: `start` counts all bytes that were ever added.
    private struct Entry {
        var start = 0
        var nameCount: UInt32 = 0
        var valueCount: UInt32 = 0
        var known = KnownHeader.other

        var byteCount: Int { Int(nameCount) + Int(valueCount) }
    }

    /// The largest size that the table is ever given.
    let capacity: Int
    /// The size it has now; entries count `FieldBlock.overheadBytes` beside their bytes.
    private(set) var limit: Int
    private(set) var size = 0
    /// How many entries there are, and how many there ever were.
    private(set) var count = 0
    private(set) var inserted = 0
    /// A ring, by the entry's number. Nothing is allocated before the first entry comes.
    private var entries: [Entry] = []
    private(set) var bytes: [UInt8] = []
    /// What the first of `bytes` counts as, and how many are in use.
    private var base = 0
    private var used = 0

    init(capacity: Int) {
        self.capacity = capacity
        limit = capacity
    }

    /// Where the entry with that number lies in `bytes`; the newest is `inserted - 1`. nil when it is not there.
    @inline(__always)
    func place(_ number: Int) -> FieldBlock.Field? {
        guard number < inserted, number >= inserted &- count else { return nil }
        let entry = entries[number & (entries.count &- 1)]
        let start = entry.start &- base
        let name = Slice(start, start &+ Int(entry.nameCount))
        return FieldBlock.Field(name: name, value: Slice(Int(name.end), Int(name.end) &+ Int(entry.valueCount)))
    }

    /// Which header an entry that is there is about.
    @inline(__always)
    func known(_ number: Int) -> KnownHeader { entries[number & (entries.count &- 1)].known }

    /// Changes the size, which is at most `capacity`; what does not fit any more goes.
    mutating func resize(_ limit: Int) {
        self.limit = limit
        evict(downTo: limit)
    }

    /// Adds a field. One that is larger than the table empties it (section 4.4).
    mutating func insert(_ name: Span<UInt8>, _ value: Span<UInt8>, as known: KnownHeader = .other) {
        let byteCount = name.count + value.count
        let cost = byteCount + FieldBlock.overheadBytes
        guard cost <= limit else { return evict(downTo: 0) }
        evict(downTo: limit - cost)
        if entries.isEmpty { allocate() }
        if used + byteCount > bytes.count { compact() }
        let entry = Entry(
            start: base + used, nameCount: UInt32(name.count), valueCount: UInt32(value.count), known: known)
        entries[inserted & (entries.count - 1)] = entry
        append(name)
        append(value)
        inserted += 1
        count += 1
        size += cost
    }

    private mutating func append(_ source: Span<UInt8>) {
        let start = used
        var target = bytes.mutableSpan
        for index in source.indices { target[start &+ index] = source[index] }
        used = start + source.count
    }

    private mutating func evict(downTo most: Int) {
        while size > most {
            size -= entries[(inserted - count) & (entries.count - 1)].byteCount + FieldBlock.overheadBytes
            count -= 1
        }
    }

    private mutating func allocate() {
        var most = 1
        while most < capacity / FieldBlock.overheadBytes { most *= 2 }
        entries = Array(repeating: Entry(), count: most)
        bytes = Array(repeating: 0, count: 2 * capacity)
    }

    /// Moves the entries to the beginning of the memory.
    private mutating func compact() {
        let oldest = count == 0 ? base + used : entries[(inserted - count) & (entries.count - 1)].start
        let gone = oldest - base
        let rest = used - gone
        var target = bytes.mutableSpan
        for index in 0..<rest { target[index] = target[index &+ gone] }
        base = oldest
        used = rest
    }
}
