// A value that differs between two rows, named by its path; secrets are told apart but never shown.

import Schema

/// A value before and after.
package struct FieldChange: Sendable, Equatable {
    /// Names from the row inwards, joined by dots.
    package let path: String
    package let old: JSON
    package let new: JSON

    /// What differs between two rows of an entity; the id and the times that the gateway keeps are not compared.
    static func all(from old: Row, to new: Row, _ entity: EntitySchema) -> [FieldChange] {
        entity.fields.flatMap { field in
            field.isPrimaryKey || field.auto == .createdAt || field.auto == .updatedAt
                ? [] : all(from: old[field.name] ?? .null, to: new[field.name] ?? .null, field.name)
        }
    }

    private static func all(from old: JSON, to new: JSON, _ path: String) -> [FieldChange] {
        guard old != new else { return [] }
        guard let before = old.object, let after = new.object else {
            return [FieldChange(path: path, old: old, new: new)]
        }
        let names = before.keys + after.keys.filter { before[$0] == nil }
        return names.flatMap { all(from: before[$0] ?? .null, to: after[$0] ?? .null, "\(path).\($0)") }
    }

    /// Whether the value is nobody's business who reads a report.
    private var isSecret: Bool {
        let name = path.split(separator: ".").last.map(String.init) ?? path
        return name == "key" || name.hasSuffix("_key")
            || ["password", "secret", "token"].contains { name.contains($0) }
    }

    var json: JSON {
        ["field": .string(path), "old": shown(old), "new": shown(new)]
    }

    /// "path: old -> new", in one line.
    var line: String {
        "\(path): \(Self.brief(shown(old))) -> \(Self.brief(shown(new)))"
    }

    private func shown(_ value: JSON) -> JSON {
        isSecret && !value.isNull ? "******" : value
    }

    private static let lengthLimit = 120

    private static func brief(_ value: JSON) -> String {
        let text = value.text.replacing("\\/", with: "/")
        return text.count > lengthLimit ? text.prefix(lengthLimit) + "..." : text
    }
}
