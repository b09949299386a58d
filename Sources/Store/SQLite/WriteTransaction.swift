// The writes of one transaction on the writer's connection. It does itself what foreign keys could do (cascades,
// nulls), since every row that changes must be told; the constraints of the tables stay as the last line of defence.

import GRDB
import Schema

/// Carries out writes and notes what they did.
struct WriteTransaction {
    let db: Database
    let layouts: Layouts
    private(set) var effects: [Effect] = []
    private(set) var results: [JSONObject?] = []

    init(db: Database, layouts: Layouts) {
        self.db = db
        self.layouts = layouts
    }

    mutating func run(_ write: Write) throws {
        let layout = try layouts.layout(of: write.entity)
        switch write {
        case .insert(_, let row):
            results.append(try insert(layout.complete(row), layout))
        case .update(_, let key, let changes):
            guard let old = try db.liveRow(layout, key) else { throw StoreError.notFound(entity: write.entity, key) }
            results.append(try replace(old, with: layout.merging(changes, into: old), layout))
        case .upsert(_, let key, let row):
            results.append(try upsert(row, key, layout))
        case .delete(_, let key):
            for row in try db.rows(layout, key).prefix(1) { try delete(row, layout) }
            results.append(nil)
        }
    }

    private mutating func upsert(_ row: JSONObject, _ key: Key, _ layout: Layout) throws -> JSONObject {
        var row = row
        switch key {
        case .id(let id): if layout.id(of: row) != id.lowercased() { row[layout.key.field] = .string(id) }
        case .field(let name, let value): row[name] = .string(value)
        }
        guard let old = try db.rows(layout, key).first else { return try insert(layout.complete(row), layout) }
        row[layout.key.field] = old[layout.key.field]
        return try replace(old, with: layout.complete(row), layout)
    }

    private mutating func insert(_ row: JSONObject, _ layout: Layout) throws -> JSONObject {
        guard let id = layout.id(of: row) else { throw StoreError.unknown("a row of \(layout.entity) has no id") }
        try store(row, layout, isNew: true, layout.sql.insert, layout.values(of: row))
        try tag(row, id: id, layout)
        effects.append(Effect(.create, layout.entity, id: id, old: nil, new: row))
        return row
    }

    private mutating func replace(
        _ old: JSONObject, with new: JSONObject, _ layout: Layout, causedBy cause: String? = nil
    ) throws -> JSONObject {
        guard let id = layout.id(of: old) else { throw StoreError.unknown("a row of \(layout.entity) has no id") }
        try store(new, layout, isNew: false, layout.sql.update, layout.values(of: new) + [layout.idValue(of: old)])
        if old[Layout.tags] != new[Layout.tags] {
            try untag(id: id, layout)
            try tag(new, id: id, layout)
        }
        effects.append(Effect(.update, layout.entity, id: id, old: old, new: new, causedBy: cause))
        return new
    }
}

// MARK: - Deletes

extension WriteTransaction {
    private mutating func delete(_ row: JSONObject, _ layout: Layout, causedBy cause: String? = nil) throws {
        guard let id = layout.id(of: row) else { return }
        for link in layouts.links(to: layout.entity) { try release(link, from: id) }
        try db.cachedStatement(sql: layout.sql.delete).execute(arguments: [layout.idValue(of: row)])
        try untag(id: id, layout)
        effects.append(Effect(.delete, layout.entity, id: id, old: row, new: nil, causedBy: cause))
    }

    /// Does to the rows that refer to a row what their foreign field says, before that row goes.
    private mutating func release(_ link: ParentLink, from parent: String) throws {
        let child = try layouts.layout(of: link.entity)
        for row in try db.rows(child, child.sql.select(where: link.column), [parent.databaseValue]) {
            switch link.onDelete {
            case .restrict: throw StoreError.restricted(entity: link.parent, referencedBy: link.entity)
            case .cascade: try delete(row, child, causedBy: link.parent)
            case .null:
                let freed = child.merging(JSONObject([(link.field, .null)]), into: row)
                _ = try replace(row, with: freed, child, causedBy: link.parent)
            }
        }
    }
}

// MARK: - Tables

extension WriteTransaction {
    private func store(
        _ row: JSONObject, _ layout: Layout, isNew: Bool, _ sql: String, _ values: [DatabaseValue]
    ) throws {
        do {
            try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            // The statement is undone, the transaction still open: ask it what stood in the way.
            throw try db.violation(of: row, layout, isNew: isNew) ?? error
        }
    }

    private func tag(_ row: JSONObject, id: String, _ layout: Layout) throws {
        for (position, tag) in layout.tags(of: row).enumerated() {
            try db.cachedStatement(sql: TagTable.insert).execute(arguments: [id, layout.entity, position, tag])
        }
    }

    private func untag(id: String, _ layout: Layout) throws {
        guard layout.isTaggable else { return }
        try db.cachedStatement(sql: TagTable.delete).execute(arguments: [id, layout.entity])
    }
}
