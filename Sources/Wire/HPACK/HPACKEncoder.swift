// Packs header blocks (RFC 7541). A field goes into the dynamic table when it comes for the second time: what is
// different in every message would only push the others out. Look-ups cost the same whatever the table holds: each
// hash has one slot, and a newer field takes it from an older one.

import NIOCore

package struct HPACKEncoder: Sendable {
    private var table: HPACKTable
    /// The entry's number + 1, by the hash of name and value, and by that of the name.
    private var slots = [Int](repeating: 0, count: 256)
    private var nameSlots = [Int](repeating: 0, count: 64)
    /// Hashes of fields that were sent as they are.
    private var seen = [UInt32](repeating: 0, count: 256)
    /// The smallest size since the last block, where the table's size has changed.
    private var smallest: Int?
    /// The name of the current field in small letters.
    private var name: [UInt8] = []

    /// - Parameter tableBytes: the largest dynamic table, whatever the peer allows.
    package init(tableBytes: Int = 4096) {
        table = HPACKTable(capacity: tableBytes)
        name.reserveCapacity(64)
    }

    /// Takes note of the largest table that the peer allows; the next block tells it the size.
    package mutating func allow(tableBytes: Int) {
        let limit = min(tableBytes, table.capacity)
        guard limit != table.limit || smallest != nil else { return }
        smallest = min(smallest ?? limit, limit)
        table.resize(limit)
    }

    /// Begins a block: to be called before its first field.
    package mutating func begin(_ out: inout ByteBuffer) {
        guard let smallest else { return }
        self.smallest = nil
        if smallest < table.limit { out.writeHPACK(smallest, prefix: 5, flags: 0x20) }
        out.writeHPACK(table.limit, prefix: 5, flags: 0x20)
    }

    /// Appends `:status`.
    package func encode(status: Int, to out: inout ByteBuffer) {
        if let place = HPACKStaticTable.statuses.firstIndex(of: status) {
            out.writeHPACK(HPACKStaticTable.statusIndex + place, prefix: 7, flags: 0x80)
        } else {
            out.writeHPACK(HPACKStaticTable.statusIndex, prefix: 4, flags: 0)
            out.writeInteger(UInt8(3))
            for unit in [100, 10, 1] { out.writeInteger(Ascii.zero + UInt8(truncatingIfNeeded: status / unit % 10)) }
        }
    }

    /// Appends a field, its name in small letters.
    ///
    /// - Parameter isSecret: keeps the field out of every table, here and behind.
    package mutating func encode(
        _ known: KnownHeader, _ name: Span<UInt8>, _ value: Span<UInt8>, isSecret: Bool = false,
        to out: inout ByteBuffer
    ) {
        let isNamed = known != .other && known != .xAccel
        if !isNamed || isSecret { takeName(name) }
        let nameHash = isNamed ? FieldHash.of(known) : FieldHash.of(self.name.span)
        let nameIndex = indexOfName(known, nameHash, isNamed)
        if isSecret { return writeLiteral(nameIndex, value, prefix: 4, flags: 0x10, to: &out) }
        let hash = FieldHash.of(value, after: nameHash)
        if let index = index(hash, known, isNamed, value) { return out.writeHPACK(index, prefix: 7, flags: 0x80) }
        if isNamed { takeName(name) }
        guard comesAgain(hash, self.name.count + value.count) else {
            return writeLiteral(nameIndex, value, prefix: 4, flags: 0, to: &out)
        }
        let small = self.name
        table.insert(small.span, value, as: isNamed ? known : .other)
        slots[FieldHash.slot(hash, of: slots.count)] = table.inserted
        nameSlots[FieldHash.slot(nameHash, of: nameSlots.count)] = table.inserted
        writeLiteral(nameIndex, value, prefix: 6, flags: 0x40, to: &out)
    }

    private mutating func takeName(_ given: Span<UInt8>) {
        name.removeAll(keepingCapacity: true)
        for index in given.indices { name.append(Ascii.lowercased(given[index])) }
    }

    // MARK: - Looking up

    /// The index of a whole field; nil when it is not in the table.
    private func index(_ hash: UInt64, _ known: KnownHeader, _ isNamed: Bool, _ value: Span<UInt8>) -> Int? {
        let number = slots[FieldHash.slot(hash, of: slots.count)] - 1
        guard number >= 0, let place = table.place(number) else { return nil }
        guard isSame(number, place.name, known, isNamed) else { return nil }
        guard table.bytes.span.extracting(place.value.range).isSame(as: value) else { return nil }
        return indexOf(number)
    }

    /// The index of an entry or of the static table with that name; 0 when there is none.
    private func indexOfName(_ known: KnownHeader, _ hash: UInt64, _ isNamed: Bool) -> Int {
        let index = HPACKStaticTable.indexOfName[Int(known.rawValue)]
        if index > 0 { return Int(index) }
        let number = nameSlots[FieldHash.slot(hash, of: nameSlots.count)] - 1
        guard number >= 0, let place = table.place(number), isSame(number, place.name, known, isNamed) else { return 0 }
        return indexOf(number)
    }

    private func isSame(_ number: Int, _ place: Slice, _ known: KnownHeader, _ isNamed: Bool) -> Bool {
        if isNamed { return table.known(number) == known }
        return table.known(number) == .other && table.bytes.span.extracting(place.range).isSame(as: name.span)
    }

    private func indexOf(_ number: Int) -> Int { HPACKStaticTable.count + table.inserted - number }

    /// Whether the field is worth a place in the table.
    private mutating func comesAgain(_ hash: UInt64, _ byteCount: Int) -> Bool {
        guard byteCount + FieldBlock.overheadBytes <= table.limit / 2 else { return false }
        let slot = FieldHash.slot(hash, of: seen.count)
        let mark = UInt32(truncatingIfNeeded: hash)
        defer { seen[slot] = mark }
        return seen[slot] == mark
    }

    // MARK: - Writing

    private func writeLiteral(
        _ nameIndex: Int, _ value: Span<UInt8>, prefix: Int, flags: UInt8, to out: inout ByteBuffer
    ) {
        out.writeHPACK(nameIndex, prefix: prefix, flags: flags)
        if nameIndex == 0 { out.writeHPACK(name.span) }
        out.writeHPACK(value)
    }
}

/// Hashes of names and values, eight bytes at a time. Who makes fields collide only keeps his own out of the table.
private enum FieldHash {
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    static func of(_ known: KnownHeader) -> UInt64 { mix(UInt64(known.rawValue) &+ 1, 0) }

    static func of(_ bytes: Span<UInt8>, after seed: UInt64 = 0) -> UInt64 {
        let raw = bytes.bytes
        var hash = mix(seed, UInt64(raw.byteCount))
        var at = 0
        while at &+ 8 <= raw.byteCount {
            hash = mix(hash, AsciiWord.load(raw, at))
            at &+= 8
        }
        return at < raw.byteCount ? mix(hash, AsciiWord.load(raw, at, count: raw.byteCount &- at)) : hash
    }

    /// The slot of a table of `count`, a power of two.
    @inline(__always)
    static func slot(_ hash: UInt64, of count: Int) -> Int { Int(hash &>> 40) & (count &- 1) }

    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word) &* factor
        return product ^ product &>> 32
    }
}

extension Span<UInt8> {
    /// Whether both are the same bytes.
    fileprivate func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        let (one, two) = (bytes, other.bytes)
        var at = 0
        while at &+ 8 <= count {
            if AsciiWord.load(one, at) != AsciiWord.load(two, at) { return false }
            at &+= 8
        }
        return at == count || AsciiWord.load(one, at, count: count &- at) == AsciiWord.load(two, at, count: count &- at)
    }
}

extension ByteBuffer {
    /// Writes an integer whose first byte has these flags above `prefix` bits (RFC 7541, section 5.1).
    fileprivate mutating func writeHPACK(_ value: Int, prefix: Int, flags: UInt8) {
        let most = (1 << prefix) - 1
        guard value >= most else {
            writeInteger(flags | UInt8(truncatingIfNeeded: value))
            return
        }
        writeInteger(flags | UInt8(truncatingIfNeeded: most))
        var rest = value - most
        while rest >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a string, in Huffman code where that is shorter.
    fileprivate mutating func writeHPACK(_ text: Span<UInt8>) {
        let count = HuffmanCode.count(text)
        if count < text.count {
            writeHPACK(count, prefix: 7, flags: 0x80)
            HuffmanCode.write(text, count: count, to: &self)
        } else {
            writeHPACK(text.count, prefix: 7, flags: 0)
            writeBytes(text.bytes)
        }
    }
}
