// What is wrong with a record: a tree in the shape of the record itself, which is also how Kong reports it.

/// What is wrong with one value.
package indirect enum Violation: Sendable, Hashable {
    case text(String)
    /// The elements of a list by place, nil for those that are fine; nothing after the last wrong one.
    case list([Violation?])
    /// The members of a record.
    case members(Violations)

    /// `fields.<name>` of Kong's error object.
    package var json: JSON {
        switch self {
        case .text(let text): .string(text)
        case .list(let items): .array(items.map { $0?.json ?? .null })
        case .members(let violations): .object(violations.fieldsJSON)
        }
    }
}

/// What is wrong with a record: by field, and as a whole.
package struct Violations: Error, Sendable, Hashable {
    /// Errors of the record as a whole ("@entity"), in the order the checks ran.
    package var entity: [String] = []
    package var fields: [String: Violation] = [:]

    package init() {}

    /// One error of one field.
    package init(field: String, _ text: String) {
        fields[field] = .text(text)
    }

    package init(entity text: String) {
        entity = [text]
    }

    package var isEmpty: Bool { entity.isEmpty && fields.isEmpty }

    /// The `fields` member of Kong's error object, sorted by name.
    package var fieldsJSON: JSONObject {
        var object = JSONObject()
        if !entity.isEmpty { object["@entity"] = entity.json }
        for (name, violation) in fields.sorted(by: { $0.key < $1.key }) { object[name] = violation.json }
        return object
    }

    /// The violation at a path; nil when that value is fine.
    subscript(path: ArraySlice<String>) -> Violation? {
        guard let first = path.first, let violation = fields[first] else { return nil }
        guard path.count > 1 else { return violation }
        guard case .members(let inner) = violation else { return violation }
        return inner[path.dropFirst()]
    }

    /// Sets the error at a path. Where a whole record is wrong already, its members are not looked at.
    mutating func set(_ violation: Violation, at path: ArraySlice<String>) {
        guard let first = path.first else { return }
        guard path.count > 1 else {
            fields[first] = violation
            return
        }
        var inner = Violations()
        switch fields[first] {
        case .members(let members): inner = members
        case .text, .list: return
        case nil: break
        }
        inner.set(violation, at: path.dropFirst())
        fields[first] = .members(inner)
    }
}
