// Between rows as the rest of the program knows them and the values of SQLite's columns.

import GRDB
import Schema

extension Layout {
    /// What `insert` and `update` bind for a complete row.
    func values(of row: JSONObject) throws(StoreError) -> [DatabaseValue] {
        var values: [DatabaseValue] = []
        values.reserveCapacity(columns.count + 1)
        for column in columns {
            guard let value = column.encode(row[column.field] ?? .null) else {
                throw .unstorable(entity: entity, field: column.field)
            }
            values.append(value)
        }
        return values
    }

    /// The primary key as its column holds it.
    func idValue(of row: JSONObject) -> DatabaseValue {
        key.encode(row[key.field] ?? .null) ?? .null
    }

    /// The row under the cursor of a `selectAll`.
    func decode(_ record: GRDB.Row) throws -> JSONObject {
        var row = JSONObject()
        for (index, column) in columns.enumerated() { row[column.field] = try column.decode(record, index) }
        return row
    }
}

extension Column {
    /// Nil for text with a NUL in it: SQLite's texts end there, and half a value must not pass for the whole.
    func encode(_ value: JSON) -> DatabaseValue? {
        switch (storage, value) {
        case (_, .null): .null
        case (.integer, .number(let number)): Int64(exactly: number)?.databaseValue ?? number.databaseValue
        case (.number, .number(let number)): number.databaseValue
        case (.boolean, .bool(let flag)): flag.databaseValue
        case (.parent, _): Self.text(value["id"]?.string ?? "")
        case (.text, .string(let text)): Self.text(text)
        default: Self.text(value.text)
        }
    }

    static func text(_ text: String) -> DatabaseValue? {
        text.utf8.contains(0) ? nil : text.databaseValue
    }

    func decode(_ record: GRDB.Row, _ index: Int) throws -> JSON {
        if record.hasNull(atIndex: index) { return .null }
        switch storage {
        case .text: return .string(record[index])
        case .integer, .number: return .number(record[index])
        case .boolean: return .bool(record[index])
        case .parent: return .object(["id": .string(record[index])])
        case .json:
            let text: String = record[index]
            return try JSON(parsing: text)
        }
    }
}
