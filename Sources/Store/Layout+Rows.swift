// Reading what a layout knows out of a row, and bringing rows into the form in which they are kept.

import Schema

extension Layout {
    /// The primary key as text: a lower-case UUID, or `true` for the single row of `cluster_ca`.
    func id(of row: JSONObject) -> String? {
        switch row[key.field] {
        case .string(let id): id.lowercased()
        case .bool(let flag): flag ? "true" : "false"
        default: nil
        }
    }

    func tags(of row: JSONObject) -> [String] {
        isTaggable ? (row[Self.tags]?.array ?? []).compactMap(\.string) : []
    }

    /// Every declared field in its order, null where `row` has none, with ids in lower case.
    func complete(_ row: JSONObject) -> JSONObject {
        JSONObject(columns.map { ($0.field, normal(row[$0.field] ?? .null, $0)) })
    }

    /// `changes` over a complete row; members that are no fields are left out, the id stays.
    func merging(_ changes: JSONObject, into row: JSONObject) -> JSONObject {
        var merged = row
        for (field, value) in changes where field != key.field {
            if let column = column(of: field) { merged[field] = normal(value, column) }
        }
        return merged
    }

    /// What Kong reports of a row that breaks the uniqueness of these columns.
    func values(of group: [Column], in row: JSONObject) -> JSONObject {
        JSONObject(group.map { ($0.field, row[$0.field] ?? .null) })
    }

    /// Of a foreign value only the id is kept.
    private func normal(_ value: JSON, _ column: Column) -> JSON {
        switch column.storage {
        case .parent:
            value["id"]?.string.map { .object(["id": .string($0.lowercased())]) } ?? .null
        case .text where column.field == key.field:
            value.string.map { .string($0.lowercased()) } ?? value
        default:
            value
        }
    }
}

extension ParentLink {
    /// The id of the row that `row` refers to.
    func parentID(in row: JSONObject) -> String? {
        row[field]?["id"]?.string?.lowercased()
    }
}
