// Unpacks header blocks (RFC 7541). Every fault ends the connection that it came on, so that the decoder need not be
// of use after one. The work for a block is bounded by its bytes and by the largest size that it may unpack to.

package struct HPACKDecoder: Sendable {
    package enum Outcome: Sendable, Equatable {
        case complete
        case malformed
        /// The block unpacks to more than `FieldBlock.limit`.
        case tooLarge
    }

    private var table: HPACKTable

    /// - Parameter tableBytes: the largest dynamic table, as the peer is told (SETTINGS_HEADER_TABLE_SIZE).
    package init(tableBytes: Int = 4096) {
        table = HPACKTable(capacity: tableBytes)
    }

    /// The size of the dynamic table as it is now.
    package var tableSize: Int { table.size }

    /// Unpacks a whole block into `fields`, which lose what they had.
    package mutating func decode(_ block: Span<UInt8>, into fields: inout FieldBlock) -> Outcome {
        fields.reset()
        var reader = HPACKReader()
        while reader.offset < block.count {
            let first = block[reader.offset]
            let outcome: Outcome
            if first >= 0x80 {
                outcome = takeIndexed(block, &reader, &fields)
            } else if first >= 0x40 {
                outcome = takeLiteral(block, &reader, &fields, prefix: 6, isIndexed: true)
            } else if first >= 0x20 {
                outcome = takeSize(block, &reader, isFirst: fields.fields.isEmpty)
            } else {
                // Without indexing, or never to be indexed by anybody: the same here.
                outcome = takeLiteral(block, &reader, &fields, prefix: 4, isIndexed: false)
            }
            guard outcome == .complete else { return outcome }
        }
        return .complete
    }

    private mutating func takeSize(_ block: Span<UInt8>, _ reader: inout HPACKReader, isFirst: Bool) -> Outcome {
        guard isFirst, let size = reader.integer(block, prefix: 5), size <= table.capacity else { return .malformed }
        table.resize(size)
        return .complete
    }

    private mutating func takeIndexed(
        _ block: Span<UInt8>, _ reader: inout HPACKReader, _ fields: inout FieldBlock
    ) -> Outcome {
        guard let index = reader.integer(block, prefix: 7), index > 0 else { return .malformed }
        let name: Slice?
        let value: Slice?
        if index <= HPACKStaticTable.count {
            let place = HPACKStaticTable.places[index - 1]
            name = fields.append(HPACKStaticTable.bytes.span, place.name.range)
            value = fields.append(HPACKStaticTable.bytes.span, place.value.range)
        } else {
            guard let place = dynamic(index) else { return .malformed }
            name = fields.append(table.bytes.span, place.name.range)
            value = fields.append(table.bytes.span, place.value.range)
        }
        guard let name, let value, fields.add(name, value) else { return .tooLarge }
        return .complete
    }

    private func dynamic(_ index: Int) -> FieldBlock.Field? {
        table.place(table.inserted - (index - HPACKStaticTable.count))
    }

    private mutating func takeLiteral(
        _ block: Span<UInt8>, _ reader: inout HPACKReader, _ fields: inout FieldBlock, prefix: Int, isIndexed: Bool
    ) -> Outcome {
        guard let index = reader.integer(block, prefix: prefix) else { return .malformed }
        let name: Slice
        switch index == 0 ? takeString(block, &reader, &fields) : takeName(index, &fields) {
        case .success(let taken): name = taken
        case .failure(let outcome): return outcome
        }
        let value: Slice
        switch takeString(block, &reader, &fields) {
        case .success(let taken): value = taken
        case .failure(let outcome): return outcome
        }
        guard fields.add(name, value) else { return .tooLarge }
        if isIndexed { insert(fields, name, value) }
        return .complete
    }

    private mutating func insert(_ fields: FieldBlock, _ name: Slice, _ value: Slice) {
        let bytes = fields.bytes.span
        table.insert(bytes.extracting(name.range), bytes.extracting(value.range))
    }

    private enum Taken {
        case success(Slice)
        case failure(Outcome)
    }

    private func takeName(_ index: Int, _ fields: inout FieldBlock) -> Taken {
        let name: Slice?
        if index <= HPACKStaticTable.count {
            name = fields.append(HPACKStaticTable.bytes.span, HPACKStaticTable.places[index - 1].name.range)
        } else {
            guard let place = dynamic(index) else { return .failure(.malformed) }
            name = fields.append(table.bytes.span, place.name.range)
        }
        return name.map { .success($0) } ?? .failure(.tooLarge)
    }

    private func takeString(_ block: Span<UInt8>, _ reader: inout HPACKReader, _ fields: inout FieldBlock) -> Taken {
        guard let string = reader.string(block) else { return .failure(.malformed) }
        guard string.isCoded else {
            return fields.append(block, string.range).map { .success($0) } ?? .failure(.tooLarge)
        }
        if let taken = fields.append(coded: block, string.range) { return .success(taken) }
        // Only where there is room for all that the shortest codes could stand for, it is surely the string's fault.
        return .failure(fields.bytes.count - fields.end >= 2 * string.range.count ? .malformed : .tooLarge)
    }
}
