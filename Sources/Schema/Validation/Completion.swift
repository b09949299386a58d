// Fills a record up to a whole row before it is validated: defaults, made-up values, nulls. A required field that is
// absent stays absent, which is how the validator tells "missing" from "null".

/// Completes records for one occasion.
struct Completion {
    enum Occasion {
        /// A new row, or a PUT, which replaces one.
        case insert
        /// A stored row with changes merged in.
        case update
        /// A row as a store has it, perhaps written by an older version.
        case read
    }

    let occasion: Occasion
    let context: ValidationContext

    /// The row in declared order; unknown members follow for the validator to refuse.
    func complete(_ input: JSONObject, _ schema: RecordSchema) -> Row {
        var row = Row()
        for field in schema.fields {
            if let value = complete(input[field.name], field) { row[field.name] = value }
        }
        for (name, value) in input where row[name] == nil { row[name] = value }
        return row
    }

    private func complete(_ given: JSON?, _ field: FieldSpec) -> JSON? {
        var value = given
        if field.isLegacy, value == .string("") { value = .null }
        // For Kong a record that is false is one that was not given.
        if case .record = field.kind, value == false { value = nil }
        if let made = makeUp(field, for: value) { value = made }
        if occasion == .read, field.isRequired, value == .null { value = nil }
        guard let value = value ?? absent(field) else { return nil }
        return value.isNull ? .null : shape(value, field)
    }

    private func makeUp(_ field: FieldSpec, for value: JSON?) -> JSON? {
        guard let auto = field.auto, occasion != .read else { return nil }
        let isAbsent = value == nil && occasion == .insert
        switch auto {
        case .id: return isAbsent || value == .null ? .string(context.makeID()) : nil
        case .token: return isAbsent ? .string(context.makeToken()) : nil
        case .createdAt: return isAbsent || value == .null ? timestamp(field) : nil
        case .updatedAt: return timestamp(field)
        }
    }

    /// Epoch seconds; fields of type number keep milliseconds.
    private func timestamp(_ field: FieldSpec) -> JSON {
        let now = context.now()
        if case .number = field.kind { return .number((now * 1000).rounded(.down) / 1000) }
        return .number(now.rounded(.down))
    }

    /// The value of a field that was not given; nil when it must be.
    private func absent(_ field: FieldSpec) -> JSON? {
        if occasion == .read, !field.isRequired { return .null }
        if let value = field.defaultValue { return value }
        switch field.kind {
        case .record where field.isRequired: return .object([:])
        case .variant: return nil
        default: return field.isRequired ? nil : .null
        }
    }

    /// Fills what lies within. The members of maps stay as given, as in Kong.
    private func shape(_ value: JSON, _ field: FieldSpec) -> JSON {
        switch (field.kind, value) {
        case (.array(let element), .array(let items)):
            return .array(items.map { complete($0, element) ?? .null })
        case (.set(let element), .array(let items)):
            var seen: Set<JSON> = []
            return .array(items.map { complete($0, element) ?? .null }.filter { seen.insert($0).inserted })
        case (.array, .object(let members)) where members.isEmpty, (.set, .object(let members)) where members.isEmpty:
            return .array([])
        case (.record(let schema), .object(let members)):
            return .object(complete(members, schema))
        case (.record(let schema), .array(let items)) where items.isEmpty:
            return .object(complete([:], schema))
        case (.map, .array(let items)) where items.isEmpty:
            return .object([:])
        case (.foreign, .object(let members)):
            return members["id"].map { ["id": lowercased($0)] } ?? .object([:])
        case (.string, .string) where field.isPrimaryKey:
            return lowercased(value)
        default:
            return value
        }
    }

    /// Ids are compared as texts everywhere, so they have one spelling.
    private func lowercased(_ id: JSON) -> JSON {
        id.string.map { .string($0.lowercased()) } ?? id
    }
}
