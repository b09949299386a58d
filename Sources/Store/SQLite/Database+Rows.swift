// Queries for rows of an entity on one connection, used by reads and inside transactions.

import GRDB
import Schema

extension Layout {
    /// The column and value that a key means; nil when no row can have it.
    func condition(of key: Key) throws(StoreError) -> (column: Column, value: DatabaseValue)? {
        switch key {
        case .id(let id):
            if self.key.storage == .boolean { return (self.key, (id == "true").databaseValue) }
            return Column.text(id.lowercased()).map { (self.key, $0) }
        case .field(let name, let text):
            guard let column = column(of: name) else { throw .unknown("\(entity) has no field '\(name)'") }
            return Column.text(text).map { (column, $0) }
        }
    }
}

extension Database {
    /// The row with this key unless it has expired.
    func liveRow(_ layout: Layout, _ key: Key) throws -> JSONObject? {
        guard let (column, value) = try layout.condition(of: key) else { return nil }
        return try rows(layout, layout.sql.selectLive(where: column), [value]).first
    }

    /// The rows with this key, expired ones as well.
    func rows(_ layout: Layout, _ key: Key) throws -> [JSONObject] {
        guard let (column, value) = try layout.condition(of: key) else { return [] }
        return try rows(layout, layout.sql.select(where: column), [value])
    }

    /// The rows that a query beginning with `selectAll` finds.
    func rows(_ layout: Layout, _ sql: String, _ arguments: [DatabaseValue]) throws -> [JSONObject] {
        let statement = try cachedStatement(sql: sql)
        let cursor = try GRDB.Row.fetchCursor(statement, arguments: StatementArguments(arguments))
        var rows: [JSONObject] = []
        while let record = try cursor.next() { rows.append(try layout.decode(record)) }
        return rows
    }

    fileprivate func exists(_ table: String, _ condition: String, _ arguments: [DatabaseValue]) throws -> Bool {
        let sql = "SELECT 1 FROM \(table) WHERE \(condition) LIMIT 1"
        return try Int.fetchOne(self, sql: sql, arguments: StatementArguments(arguments)) != nil
    }
}

// MARK: - Violations

extension Database {
    /// Which constraint keeps a row out, in PostgreSQL's order: primary key, unique values, references.
    func violation(of row: JSONObject, _ layout: Layout, isNew: Bool) throws -> StoreError? {
        let id = layout.idValue(of: row)
        if isNew, try exists(layout.sql.table, "\(layout.sql.id) = ?", [id]) {
            return .primaryKeyViolation(entity: layout.entity, id: layout.id(of: row) ?? "")
        }
        for group in layout.unique {
            let values = group.map { $0.encode(row[$0.field] ?? .null) ?? .null }
            if try exists(layout.sql.table, "\(TableSQL.hasSame(group)) AND \(layout.sql.id) <> ?", values + [id]) {
                return .uniqueViolation(entity: layout.entity, fields: layout.values(of: group, in: row))
            }
        }
        return try missingParent(of: row, layout)
    }

    private func missingParent(of row: JSONObject, _ layout: Layout) throws -> StoreError? {
        for link in layout.parents {
            guard let id = link.parentID(in: row) else { continue }
            guard try !exists(TableSQL.quote(link.parent), "\"id\" = ?", [id.databaseValue]) else { continue }
            return .foreignKeyMissing(entity: layout.entity, field: link.field, parent: link.parent, id: id)
        }
        return nil
    }
}
