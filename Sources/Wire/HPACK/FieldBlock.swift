// The fields of one header block, unpacked: names and values one behind the other in one buffer that is used again for
// every block. Its size is counted as RFC 9113 says (section 6.5.2), and bounded.

/// What a header block says, in the order in which it says it.
package struct FieldBlock: Sendable {
    package struct Field: Sendable {
        package var name: Slice
        package var value: Slice
    }

    /// What a field costs beside its bytes.
    package static let overheadBytes = 32

    /// Largest block: names, values and `overheadBytes` for each field.
    package let limit: Int
    package private(set) var fields: [Field] = []
    package private(set) var size = 0
    /// What the fields are ranges of; the first `end` are in use.
    package private(set) var bytes: [UInt8]
    private(set) var end = 0

    package init(limit: Int) {
        self.limit = limit
        bytes = Array(repeating: 0, count: limit)
        fields.reserveCapacity(64)
    }

    package mutating func reset() {
        fields.removeAll(keepingCapacity: true)
        size = 0
        end = 0
    }

    /// Appends plain bytes; nil when they do not fit.
    mutating func append(_ source: Span<UInt8>, _ range: Range<Int>) -> Slice? {
        guard range.count <= bytes.count - end else { return nil }
        let start = end
        var target = bytes.mutableSpan
        var position = start
        for index in range {
            target[position] = source[index]
            position &+= 1
        }
        end = position
        return Slice(start, position)
    }

    /// Appends a Huffman coded string; nil when it is malformed or does not fit.
    mutating func append(coded source: Span<UInt8>, _ range: Range<Int>) -> Slice? {
        let start = end
        guard HuffmanSteps.table.decode(source, range, into: &bytes, at: &end) else { return nil }
        return Slice(start, end)
    }

    /// Adds a field of bytes that were appended. False when the block becomes too large.
    mutating func add(_ name: Slice, _ value: Slice) -> Bool {
        size += Int(name.count) + Int(value.count) + Self.overheadBytes
        guard size <= limit else { return false }
        fields.append(Field(name: name, value: value))
        return true
    }
}
