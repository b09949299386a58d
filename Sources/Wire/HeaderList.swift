// The header fields of one head, in the order they came. The storage is reused from message to message,
// and one bit per known name answers "is there a Cookie?" without looking at the fields.

/// One header line: where its name and its value (without the blanks around it) are, and which name it is.
package struct HeaderField: Sendable, Equatable {
    package var name: Slice
    package var value: Slice
    package var known: KnownHeader

    @inlinable
    package init(name: Slice, value: Slice, known: KnownHeader) {
        self.name = name
        self.value = value
        self.known = known
    }
}

/// The header fields of a head, in order of arrival; repeated names stay separate.
package struct HeaderList: Sendable, RandomAccessCollection {
    @usableFromInline var fields: [HeaderField] = []
    @usableFromInline var present: UInt64 = 0

    @inlinable
    package init() {
        fields.reserveCapacity(32)
    }

    @inlinable package var startIndex: Int { 0 }
    @inlinable package var endIndex: Int { fields.count }
    @inlinable package subscript(_ index: Int) -> HeaderField { fields[index] }

    /// Whether a field of this name came, in constant time.
    @inlinable
    package func contains(_ known: KnownHeader) -> Bool {
        present & (1 &<< UInt64(known.rawValue)) != 0
    }

    /// The first field of this name.
    @inlinable
    package func first(_ known: KnownHeader) -> HeaderField? {
        guard contains(known) else { return nil }
        for index in fields.indices where fields[index].known == known { return fields[index] }
        return nil
    }

    /// The first field whose name is `name`, whatever the case of its letters.
    package func first(named name: StaticString, in head: Span<UInt8>) -> HeaderField? {
        for index in fields.indices where head.extracting(fields[index].name.range).equalsIgnoringCase(name) {
            return fields[index]
        }
        return nil
    }

    /// The first field with the same name as the bytes in `name`, whatever the case of its letters.
    package func first(named name: Span<UInt8>, in head: Span<UInt8>) -> HeaderField? {
        for index in fields.indices where head.extracting(fields[index].name.range).equalsIgnoringCase(name) {
            return fields[index]
        }
        return nil
    }

    @inlinable
    mutating func append(_ field: HeaderField) {
        fields.append(field)
        present |= 1 &<< UInt64(field.known.rawValue)
    }

    /// Forgets the fields and keeps their storage.
    @inlinable
    mutating func reset() {
        fields.removeAll(keepingCapacity: true)
        present = 0
    }
}
