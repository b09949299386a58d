// The document of a schema as `/plugins/schema/{name}` shows it, which the manager and other tools build forms from.

extension RecordSchema {
    /// `{"fields": [{"<name>": {...}}, ...]}`. Checks in code are not shown.
    package var document: JSON {
        ["fields": fieldsDocument]
    }

    fileprivate var fieldsDocument: JSON {
        .array(fields.map { .object(JSONObject([($0.name, .object($0.document))])) })
    }
}

extension FieldSpec {
    fileprivate var document: JSONObject {
        var object: JSONObject = ["type": .string(kind.name)]
        object.merge(attributes)
        switch kind {
        case .array(let element), .set(let element): object["elements"] = .object(element.document)
        case .map(let keys, let values):
            object["keys"] = .object(keys.document)
            object["values"] = .object(values.document)
        case .record(let schema):
            object["fields"] = schema.fieldsDocument
            let checks = schema.checks.compactMap(\.document)
            if !checks.isEmpty { object["entity_checks"] = .array(checks) }
        case .foreign(let key): object["reference"] = .string(key.entity)
        default: break
        }
        return object
    }

    /// Everything but the type.
    fileprivate var attributes: JSONObject {
        var object: JSONObject = [:]
        for rule in rules {
            if let (name, value) = rule.document { object[name] = value.withoutInfinities }
        }
        if let defaultValue { object["default"] = defaultValue.withoutInfinities }
        if isRequired { object["required"] = true }
        if isUnique { object["unique"] = true }
        if isLegacy { object["legacy"] = true }
        if auto != nil { object["auto"] = true }
        return object
    }
}

extension EntityCheck {
    fileprivate var document: JSON? {
        switch self {
        case .atLeastOneOf(let fields): ["at_least_one_of": fields.json]
        case .onlyOneOf(let fields): ["only_one_of": fields.json]
        case .distinct(let fields): ["distinct": fields.json]
        case .conditional(let check):
            [
                "conditional": [
                    "if_field": .string(check.field), "if_match": Self.document(check.matches),
                    "then_field": .string(check.then), "then_match": Self.document(check.demands),
                ]
            ]
        case .conditionalAtLeastOneOf(let check):
            [
                "conditional_at_least_one_of": [
                    "if_field": .string(check.field), "if_match": Self.document(check.matches),
                    "then_at_least_one_of": check.choices.json, "then_err": .string(check.error),
                ]
            ]
        case .custom: nil
        }
    }

    private static func document(_ traits: [Trait]) -> JSON {
        .object(FieldSpec(name: "", kind: .boolean, traits: traits).attributes)
    }
}

extension JSON {
    /// JSON has no infinities: they are shown as texts.
    fileprivate var withoutInfinities: JSON {
        switch self {
        case .number(let number) where !number.isFinite: .string(number.luaText)
        case .array(let items): .array(items.map(\.withoutInfinities))
        default: self
        }
    }
}
