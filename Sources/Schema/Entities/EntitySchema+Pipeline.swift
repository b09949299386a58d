// From what a client sends to the row that is stored: shorthands, completion, validation, stored forms. Every write,
// whether it comes from the Admin API, a form or a declarative file, goes through one of these three functions.

extension EntitySchema {
    /// A new row.
    package func validateInsert(
        _ input: JSONObject, in context: ValidationContext
    ) throws(Violations) -> Row {
        try validate(expanded(input), .insert, given: input, context)
    }

    /// A stored row with the members of `patch` merged in: records are merged, everything else is replaced.
    package func validateUpdate(
        _ stored: Row, with patch: JSONObject, in context: ValidationContext
    ) throws(Violations) -> Row {
        let changes = JSONObject(patch.filter { stored[$0.key] != $0.value }.map { ($0.key, $0.value) })
        return try validate(merged(stored, with: patch, context), .update, given: changes, context)
    }

    /// A row that is created or replaced (PUT). The caller has put the id or endpoint key of the URL into `input`.
    /// - Parameter stored: The row it replaces, if any. Only plugins keep what `input` does not mention.
    package func validateUpsert(
        _ input: JSONObject, over stored: Row?, in context: ValidationContext
    ) throws(Violations) -> Row {
        guard variantKey != nil, let stored else { return try validateInsert(input, in: context) }
        return try validateUpdate(stored, with: input, in: context)
    }

    /// A row of a declarative document in the form in which a database keeps it: a password becomes its digest.
    package func finished(_ row: Row, in context: ValidationContext) -> Row {
        var context = context
        context.isDocument = false
        var finished = row
        finish(&finished, row, context)
        return finished
    }

    /// What a store holds, with every field there is now: absent ones null, required ones their default.
    package func completed(_ row: Row, in context: ValidationContext) -> Row {
        Completion(occasion: .read, context: context).complete(withoutTTL(row), schema(for: row, context).record)
    }

    /// The stored row with the members of `patch` merged in, neither completed nor checked.
    package func merged(_ stored: Row, with patch: JSONObject, _ context: ValidationContext) -> Row {
        let patch = expanded(patch)
        let stored = withoutTTL(stored)
        var chooser = stored
        if let variantKey, let choice = patch[variantKey] { chooser[variantKey] = choice }
        return Self.merge(stored, patch, schema(for: chooser, context).record)
    }

    /// The record schema that applies to a row, and what is wrong when there is none.
    package func schema(
        for row: JSONObject, _ context: ValidationContext
    ) -> (record: RecordSchema, violation: Violation?) {
        guard let variantKey, let choice = row[variantKey], choice.isScalar else {
            return (record, nil)
        }
        if let variant = context.catalog.pluginRecord(choice.errorText) { return (variant, nil) }
        let text = "plugin '\(choice.errorText)' not enabled; add it to the 'plugins' configuration property"
        return (record, .text(text))
    }

    private func validate(
        _ input: JSONObject, _ occasion: Completion.Occasion, given: JSONObject, _ context: ValidationContext
    ) throws(Violations) -> Row {
        let (record, choiceViolation) = schema(for: input, context)
        var row = Completion(occasion: occasion, context: context).complete(input, record)
        let validator = RecordValidator(context: context, isUpdate: occasion == .update)
        var violations = validator.violations(of: row, record)
        if let variantKey, let choiceViolation { violations.fields[variantKey] = choiceViolation }
        guard violations.isEmpty else { throw violations }
        Self.normalize(&row, record)
        finish(&row, given, context)
        return row
    }

    /// When a row expires is told to nobody.
    private func withoutTTL(_ row: Row) -> Row {
        guard hasTTL else { return row }
        var row = row
        row["ttl"] = nil
        return row
    }

    private func expanded(_ input: JSONObject) -> JSONObject {
        var expanded = input
        for shorthand in shorthands {
            guard let value = expanded[shorthand.name] else { continue }
            expanded[shorthand.name] = nil
            expanded.merge(shorthand.expand(value))
        }
        return expanded
    }

    private static func merge(_ stored: JSONObject, _ patch: JSONObject, _ schema: RecordSchema) -> JSONObject {
        var merged = stored
        for (name, value) in patch {
            if case .record(let inner) = schema.field(name)?.kind, let old = stored[name]?.object,
                let new = value.object ?? (value == .array([]) ? [:] : nil)
            {
                merged[name] = .object(merge(old, new, inner))
            } else {
                merged[name] = value
            }
        }
        return merged
    }

    private static func normalize(_ row: inout Row, _ schema: RecordSchema) {
        for field in schema.fields {
            guard let value = row[field.name], !value.isNull else { continue }
            if case .record(let inner) = field.kind, var members = value.object {
                normalize(&members, inner)
                row[field.name] = .object(members)
            }
            if let normalize = field.normalize { row[field.name] = normalize(value) }
        }
    }
}
