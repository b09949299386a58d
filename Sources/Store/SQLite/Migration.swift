// Brings a file's tables up to the catalogue. What is to be done is derived: an entity without a table gets one, a
// field without a column gets a column. Each step has a name in `schema_meta`, which has Kong's shape (one line an
// entity as its subsystem); names are only ever added, and nothing is dropped, so that an older node still works.

import GRDB
import Schema

struct Migration {
    let layouts: Layouts

    /// Runs inside a transaction of the caller's: all steps or none.
    func run(_ db: Database) throws {
        if try !db.tableExists("schema_meta") { try makeMetaTables(db) }
        for layout in layouts.all {
            if try db.tableExists(layout.entity) {
                try addColumns(layout, db)
            } else {
                try makeTable(layout, db)
            }
            try makeIndexes(layout, db)
        }
    }

    private func makeMetaTables(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE schema_meta (key TEXT NOT NULL, subsystem TEXT NOT NULL, last_executed TEXT, \
                executed TEXT, pending TEXT, PRIMARY KEY (key, subsystem));
                """)
        try db.execute(sql: TagTable.create)
        try record("000_base", of: "core", db)
    }

    private func makeTable(_ layout: Layout, _ db: Database) throws {
        let definitions = layout.columns.map { definition(of: $0, layout) }
        try db.execute(sql: "CREATE TABLE \(layout.sql.table) (\(definitions.joined(separator: ", ")))")
        try record("000_base_\(layout.entity)", of: layout.entity, db)
    }

    private func addColumns(_ layout: Layout, _ db: Database) throws {
        let existing = Set(try db.columns(in: layout.entity).map(\.name))
        for column in layout.columns where !existing.contains(column.name) {
            let fill = column.encode(column.defaultValue ?? .null).map { " DEFAULT \($0.literal)" } ?? ""
            try db.execute(sql: "ALTER TABLE \(layout.sql.table) ADD COLUMN \(definition(of: column, layout))\(fill)")
            try record("add_\(column.name)", of: layout.entity, db)
        }
    }

    /// The column without a default: writes always give every value.
    private func definition(of column: Column, _ layout: Layout) -> String {
        let name = column.quotedName
        if column.field == layout.key.field { return "\(name) \(column.storage.sqlType) NOT NULL PRIMARY KEY" }
        guard let link = layout.parents.first(where: { $0.field == column.field }) else {
            return "\(name) \(column.storage.sqlType)"
        }
        return "\(name) TEXT REFERENCES \(TableSQL.quote(link.parent)) (\"id\")"
    }

    private func makeIndexes(_ layout: Layout, _ db: Database) throws {
        for group in layout.unique {
            let name = TableSQL.quote(([layout.entity] + group.map(\.name) + ["key"]).joined(separator: "_"))
            let terms = TableSQL.uniqueTerms(of: group).joined(separator: ", ")
            try db.execute(sql: "CREATE UNIQUE INDEX IF NOT EXISTS \(name) ON \(layout.sql.table) (\(terms))")
        }
        for link in layout.parents {
            let name = TableSQL.quote("\(layout.entity)_\(link.column.name)_idx")
            // With the id behind it, so that a page of a parent's children comes out sorted.
            let terms = "\(link.column.quotedName), \(layout.sql.id)"
            try db.execute(
                sql: "CREATE INDEX IF NOT EXISTS \(name) ON \(layout.sql.table) (\(terms))")
        }
    }

    /// Notes a step, with its number where it is not the first.
    private func record(_ step: String, of subsystem: String, _ db: Database) throws {
        let text = try String.fetchOne(
            db, sql: "SELECT executed FROM schema_meta WHERE subsystem = ?", arguments: [subsystem])
        var executed = try text.flatMap { try JSON(parsing: $0).array } ?? []
        let digits = String(executed.count)
        let number = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        let name = executed.isEmpty ? step : "\(number)_\(step)"
        executed.append(.string(name))
        try db.execute(
            sql: """
                INSERT INTO schema_meta (key, subsystem, last_executed, executed) VALUES ('schema_meta', ?, ?, ?)
                ON CONFLICT (key, subsystem) DO UPDATE
                SET last_executed = excluded.last_executed, executed = excluded.executed
                """,
            arguments: [subsystem, name, JSON.array(executed).text])
    }
}

extension Column.Storage {
    /// The type and so the affinity of the column.
    fileprivate var sqlType: String {
        switch self {
        case .text, .json, .parent: "TEXT"
        case .integer, .boolean: "INTEGER"
        case .number: "REAL"
        }
    }
}

extension DatabaseValue {
    /// As SQL text; schema changes take no arguments.
    fileprivate var literal: String {
        switch storage {
        case .null, .blob: "NULL"
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): "'" + text.replacing("'", with: "''") + "'"
        }
    }
}
