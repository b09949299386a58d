// The two primitive forms of HPACK: integers with a prefix (RFC 7541, section 5.1) and the heads of strings (5.2).

/// Reads a header block's bytes, which are given with every call.
struct HPACKReader {
    private(set) var offset = 0

    /// Larger numbers have no use here: indices and lengths are below.
    private static let mostExtraBytes = 4

    /// An integer whose first bits are the lowest `prefix` bits of the next byte; nil when it is cut off or too large.
    mutating func integer(_ bytes: Span<UInt8>, prefix: Int) -> Int? {
        guard offset < bytes.count else { return nil }
        let most = (1 << prefix) - 1
        var value = Int(bytes[offset]) & most
        offset += 1
        guard value == most else { return value }
        for extra in 0..<Self.mostExtraBytes {
            guard offset < bytes.count else { return nil }
            let byte = bytes[offset]
            offset += 1
            value += Int(byte & 0x7F) << (7 * extra)
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// A string's bytes; nil when it is cut off.
    mutating func string(_ bytes: Span<UInt8>) -> (range: Range<Int>, isCoded: Bool)? {
        guard offset < bytes.count else { return nil }
        let isCoded = bytes[offset] >= 0x80
        guard let count = integer(bytes, prefix: 7), count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return (offset..<offset + count, isCoded)
    }
}
