// Checks a completed record against its schema and reports everything that is wrong, in Kong's words and shape.

/// Validates records in one context.
struct RecordValidator {
    let context: ValidationContext
    /// The record is a stored one with changes; some texts say so. Never true for records within.
    var isUpdate = false

    func violations(of row: JSONObject, _ schema: RecordSchema) -> Violations {
        var violations = Violations()
        for field in schema.fields {
            if let violation = violation(of: row[field.name], field) { violations.fields[field.name] = violation }
        }
        for (name, _) in row where !schema.declares(name) { violations.fields[name] = .text("unknown field") }
        run(schema.checks, on: row, schema, &violations)
        return violations
    }

    /// What is wrong with a value; nil stands for an absent one.
    func violation(of value: JSON?, _ field: FieldSpec) -> Violation? {
        if case .variant = field.kind { return nil }
        guard let value, !value.isNull else {
            return field.isRequired ? .text("required field missing") : nil
        }
        // Before the type: what must not be there at all is told so, whatever it is.
        if field.rules.contains(where: \.demandsNull) { return .text("value must be null") }
        if let violation = typeViolation(value, field.kind) { return violation }
        for rule in field.rules {
            if let text = rule.check(value, context) { return .text(text) }
        }
        return nil
    }

    private func typeViolation(_ value: JSON, _ kind: Kind) -> Violation? {
        switch kind {
        case .string: value.string == nil ? .text("expected a string") : nil
        case .number: value.number == nil ? .text("expected a number") : nil
        case .integer: value.isIntegral ? nil : .text("expected an integer")
        case .boolean: value.bool == nil ? .text("expected a boolean") : nil
        case .array(let element): listViolation(value, element, "expected an array")
        case .set(let element): listViolation(value, element, "expected a set")
        case .map(let keys, let values): mapViolation(value, keys, values)
        case .record(let schema): recordViolation(value, schema)
        case .foreign: foreignViolation(value)
        case .variant: nil
        }
    }

    private func listViolation(_ value: JSON, _ element: FieldSpec, _ text: String) -> Violation? {
        guard let items = value.array else { return .text(text) }
        var violations = items.map { violation(of: $0, required(element)) }
        while let last = violations.last, last == nil { violations.removeLast() }
        return violations.isEmpty ? nil : .list(violations)
    }

    /// The first error stands for the whole map, without the key it belongs to.
    private func mapViolation(_ value: JSON, _ keys: FieldSpec, _ values: FieldSpec) -> Violation? {
        guard let members = value.object else {
            return .text(value.array == nil ? "expected a map" : "expected a string")
        }
        for (key, value) in members {
            if let violation = violation(of: .string(key), required(keys)) { return violation }
            if let violation = violation(of: value, required(values)) { return violation }
        }
        return nil
    }

    private func recordViolation(_ value: JSON, _ schema: RecordSchema) -> Violation? {
        if let items = value.array {
            return .list(items.map { _ in .text("unknown field") })
        }
        guard let members = value.object else { return .text("expected a record") }
        let violations = RecordValidator(context: context).violations(of: members, schema)
        guard violations.isEmpty else { return .members(violations) }
        return schema.verify(members, context).map(Violation.text)
    }

    private func foreignViolation(_ value: JSON) -> Violation? {
        guard let id = value["id"], id != false else {
            return .members(Violations(field: "id", "missing primary key"))
        }
        if id.isNull { return .members(Violations(field: "id", "required field missing")) }
        guard let text = id.string else { return .members(Violations(field: "id", "expected a string")) }
        return UUIDText.isValid(text) ? nil : .members(Violations(field: "id", "expected a valid UUID"))
    }

    /// Elements of lists and maps are never null.
    private func required(_ element: FieldSpec) -> FieldSpec {
        var element = element
        element.isRequired = true
        return element
    }
}

extension JSON {
    /// A number without a fraction, also one that is larger than any Swift integer: its range is another check.
    fileprivate var isIntegral: Bool {
        guard let number, number.isFinite else { return false }
        return number.rounded(.towardZero) == number
    }
}
