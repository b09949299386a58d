// The checks across fields. They run after the fields' own, also when some of those failed, because Kong reports both
// (a consumer with an empty username lacks a name as well).

extension RecordValidator {
    func run(_ checks: [EntityCheck], on row: JSONObject, _ schema: RecordSchema, _ violations: inout Violations) {
        for check in checks {
            switch check {
            case .atLeastOneOf(let fields):
                if count(fields, in: row) == 0 {
                    let prefix = isUpdate ? "when updating, " : ""
                    violations.entity.append(
                        prefix + "at least one of these fields must be non-empty: \(list(fields))")
                }
            case .onlyOneOf(let fields):
                if count(fields, in: row) != 1 {
                    violations.entity.append("only one of these fields must be non-empty: \(list(fields))")
                }
            case .distinct(let fields):
                let values = fields.compactMap { row.value(at: path($0)) }.filter { !$0.isNull }
                if Set(values).count < values.count {
                    violations.entity.append("values of these fields must be distinct: \(list(fields))")
                }
            case .conditional(let check): run(check, on: row, schema, &violations)
            case .conditionalAtLeastOneOf(let check): run(check, on: row, schema, &violations)
            case .custom(let check): run(check, on: row, &violations)
            }
        }
    }

    /// A failing conditional is reported twice: the field's own error, and one for the entity.
    private func run(
        _ check: EntityCheck.Conditional, on row: JSONObject, _ schema: RecordSchema, _ violations: inout Violations
    ) {
        guard
            applies(check.field, check.matches, to: row, schema, &violations),
            let field = schema.field(at: path(check.then)),
            let violation = violation(of: given(row, check.then), field.adding(check.demands))
        else { return }
        violations.set(violation, at: path(check.then)[...])
        violations.entity.append(
            check.error ?? "failed conditional validation given value of field '\(check.field)'")
    }

    private func run(
        _ check: EntityCheck.ConditionalChoice, on row: JSONObject, _ schema: RecordSchema,
        _ violations: inout Violations
    ) {
        guard applies(check.field, check.matches, to: row, schema, &violations) else { return }
        if count(check.choices, in: row) == 0 { violations.entity.append(check.error) }
    }

    private func run(_ check: EntityCheck.Custom, on row: JSONObject, _ violations: inout Violations) {
        guard check.fields.allSatisfy({ violations[path($0)[...]] == nil }) else { return }
        if let text = check.check(row, context) { violations.entity.append(text) }
    }

    /// Whether the condition holds. Without a value for its field it cannot be decided, which is an error of its own.
    private func applies(
        _ name: String, _ matches: [Trait], to row: JSONObject, _ schema: RecordSchema, _ violations: inout Violations
    ) -> Bool {
        guard let field = schema.field(at: path(name)) else { return false }
        guard let value = row.value(at: path(name)) else {
            let suffix = isUpdate ? " when updating" : ""
            violations.set(.text("field required for entity check" + suffix), at: path(name)[...])
            return false
        }
        let matching = field.adding(matches)
        // As in Kong, a null that may be there meets any condition but that of being equal to something.
        if value.isNull { return !matching.isRequired && !matching.rules.contains { $0.order == .equals } }
        return violation(of: value, matching) == nil
    }

    /// A value that a condition makes demands on: false counts as none there, as in Kong.
    private func given(_ row: JSONObject, _ name: String) -> JSON? {
        let value = row.value(at: path(name))
        return value == false ? nil : value
    }

    private func count(_ fields: [String], in row: JSONObject) -> Int {
        fields.count { row.value(at: path($0))?.isEmpty == false }
    }

    private func list(_ fields: [String]) -> String {
        fields.map { "'\($0)'" }.joined(separator: ", ")
    }

    private func path(_ name: String) -> [String] {
        // Most are plain names, and there are a dozen of them for each row.
        name.utf8.contains(UInt8(ascii: ".")) ? name.split(separator: ".").map(String.init) : [name]
    }
}

extension JSONObject {
    /// The value at a path of names; nil when any of them is absent.
    package func value(at path: [String]) -> JSON? {
        guard let first = path.first, let value = self[first] else { return nil }
        return path.count == 1 ? value : value.object?.value(at: Array(path.dropFirst()))
    }
}
