// How a field lies in a column of PostgreSQL: Kong's types, and the texts that go to and come from them.

import Schema

/// One column and the type Kong gives it.
struct PostgresColumn: Sendable {
    enum ColumnType: Sendable {
        case uuid, text, integer, number, boolean
        /// Epoch seconds in rows.
        case timestamp
        /// text[]
        case texts
        case json
        /// jsonb[]
        case documents
        /// A uuid that is an object `{"id": ...}` in rows.
        case parent
    }

    let field: String
    let name: String
    let type: ColumnType

    init(_ column: Column, _ field: FieldSpec?) {
        self.field = column.field
        name = column.name
        type = Self.type(of: column, field)
    }

    private static func type(of column: Column, _ field: FieldSpec?) -> ColumnType {
        guard let field else { return .timestamp }
        switch field.auto {
        case .createdAt, .updatedAt: return .timestamp
        default: break
        }
        switch field.kind {
        case .string: return field.isPrimaryKey ? .uuid : .text
        case .integer: return .integer
        case .number: return .number
        case .boolean: return .boolean
        case .foreign: return .parent
        case .map, .record, .variant: return .json
        case .array(let element), .set(let element):
            if case .string = element.kind { return .texts }
            return .documents
        }
    }

    var quotedName: String { PostgresText.identifier(name) }

    /// What a `SELECT` names to get a text that `decode` reads.
    var selected: String {
        switch type {
        case .timestamp: "extract(epoch FROM \(quotedName))"
        case .texts, .documents: "array_to_json(\(quotedName))"
        default: quotedName
        }
    }

    /// A parameter of a statement, made into the column's type.
    func parameter(_ number: Int) -> String {
        type == .timestamp ? "to_timestamp($\(number)::float8)" : "$\(number)::\(sqlType)"
    }

    var sqlType: String {
        switch type {
        case .uuid, .parent: "uuid"
        case .text: "text"
        case .integer: "bigint"
        case .number: "float8"
        case .boolean: "boolean"
        case .timestamp: "timestamptz"
        case .texts: "text[]"
        case .json: "jsonb"
        case .documents: "jsonb[]"
        }
    }
}

// MARK: - Values

extension PostgresColumn {
    /// The text of a value; nil for NULL.
    ///
    /// - Throws: `StoreError.unstorable` for texts with a NUL, which PostgreSQL has no room for.
    func encode(_ value: JSON, of entity: String) throws(StoreError) -> String? {
        guard !value.isNull else { return nil }
        guard !value.hasNUL else { throw .unstorable(entity: entity, field: field) }
        switch (type, value) {
        case (.parent, _): return value["id"]?.string?.lowercased()
        case (.uuid, .string(let text)): return text.lowercased()
        case (.text, .string(let text)): return text
        case (.boolean, .bool(let flag)): return flag ? "true" : "false"
        case (.integer, .number(let number)): return Int64(exactly: number).map(String.init) ?? String(number)
        case (.number, .number(let number)), (.timestamp, .number(let number)): return String(number)
        case (.texts, .array(let items)): return PostgresText.array(items.map { $0.string ?? $0.text })
        case (.documents, .array(let items)): return PostgresText.array(items.map(\.text))
        default: return value.text
        }
    }

    /// The value of a text that `selected` gave.
    func decode(_ text: String?) throws(JSONSyntaxError) -> JSON {
        guard let text else { return .null }
        switch type {
        case .uuid, .text: return .string(text)
        case .parent: return .object(["id": .string(text)])
        case .boolean: return .bool(text == "t")
        case .integer, .number, .timestamp: return Double(text).map { .number($0) } ?? .null
        case .texts, .json, .documents: return try JSON(parsing: text)
        }
    }
}

extension JSON {
    fileprivate var hasNUL: Bool {
        switch self {
        case .null, .bool, .number: false
        case .string(let text): text.utf8.contains(0)
        case .array(let items): items.contains(where: \.hasNUL)
        case .object(let members): members.contains { $0.key.utf8.contains(0) || $0.value.hasNUL }
        }
    }
}
