// The writes of one transaction. It does itself what the tables' foreign keys could do (cascades, nulls), since every
// row that changes must be told; the constraints stay as the last line of defence. Rows are locked before they are
// changed, and a row before those that hang on it, so that nothing can be hung on a row that is about to go.

import Schema

/// Another transaction added the row in between. Run again, this one finds it.
struct LostRace: Error {
    let violation: StoreError
}

/// Carries out writes on a connection inside a transaction and notes what they did.
struct PostgresTransaction {
    let connection: PostgresConnection
    let tables: PostgresTables
    private(set) var effects: [Effect] = []
    private(set) var results: [JSONObject?] = []
    /// What the other nodes must hear.
    private(set) var events = ClusterEvents()

    /// Rows of one INSERT: enough to save round trips, few enough for a short statement.
    private static let batchSize = 100

    init(_ connection: PostgresConnection, _ tables: PostgresTables) {
        self.connection = connection
        self.tables = tables
    }

    mutating func run(_ writes: [Write]) throws {
        var rest = writes[...]
        while let write = rest.first {
            let table = try tables.table(of: write.entity)
            let insertions = Self.insertions(rest)
            let upserts = Self.upserts(rest)
            if insertions.count > 1 {
                try insertAll(insertions.map(table.layout.complete), table)
            } else if upserts.count > 1 {
                try upsertAll(upserts, table)
            } else {
                try run(write)
            }
            rest = rest.dropFirst(max(insertions.count, upserts.count, 1))
        }
    }

    /// The rows of the insertions into one table that come next.
    private static func insertions(_ writes: ArraySlice<Write>) -> [JSONObject] {
        var rows: [JSONObject] = []
        for write in writes.prefix(batchSize) {
            guard case .insert(let entity, let row) = write, entity == writes.first?.entity else { break }
            rows.append(row)
        }
        return rows
    }

    /// The upserts by id into one table that come next, each id once: imports are made of these.
    private static func upserts(_ writes: ArraySlice<Write>) -> [(id: String, row: JSONObject)] {
        var rows: [(id: String, row: JSONObject)] = []
        var ids: Set<String> = []
        for write in writes.prefix(batchSize) {
            guard case .upsert(let entity, .id(let id), let row) = write, entity == writes.first?.entity,
                UUIDText.isValid(id), ids.insert(id.lowercased()).inserted
            else { break }
            rows.append((id.lowercased(), row))
        }
        return rows
    }

    private mutating func run(_ write: Write) throws {
        let table = try tables.table(of: write.entity)
        switch write {
        case .insert(_, let row):
            results.append(try insert(table.layout.complete(row), table))
        case .update(_, let key, let changes):
            guard let old = try connection.lockedRow(table, key), !table.hasExpired(old) else {
                throw StoreError.notFound(entity: write.entity, key)
            }
            results.append(try replace(old, with: table.layout.merging(changes, into: old), table, .update))
        case .upsert(_, let key, let row):
            results.append(try upsert(row, key, table))
        case .delete(_, let key):
            if let row = try connection.lockedRow(table, key) { try delete(row, table) }
            results.append(nil)
        }
    }

    private mutating func upsert(_ row: JSONObject, _ key: Key, _ table: PostgresTable) throws -> JSONObject {
        let layout = table.layout
        var row = row
        switch key {
        case .id(let id): if layout.id(of: row) != id.lowercased() { row[layout.key.field] = .string(id) }
        case .field(let name, let value): row[name] = .string(value)
        }
        guard let old = try connection.lockedRow(table, key) else {
            return try insert(layout.complete(row), table, upserting: key)
        }
        row[layout.key.field] = old[layout.key.field]
        return try replace(old, with: layout.complete(row), table, .upsert)
    }

    /// - Parameter key: what an upsert looked for and did not find.
    private mutating func insert(
        _ row: JSONObject, _ table: PostgresTable, upserting key: Key? = nil
    ) throws -> JSONObject {
        do {
            try store(row, table, table.insert(rows: 1), try table.values(of: row))
        } catch let violation as StoreError {
            // It was not there a moment ago.
            if let key, violation.isOf(key) { throw LostRace(violation: violation) }
            throw violation
        }
        try note(.create, old: nil, new: row, table)
        return row
    }

    private mutating func upsertAll(_ batch: [(id: String, row: JSONObject)], _ table: PostgresTable) throws {
        guard let key = table.column(of: table.layout.key.field) else { return }
        let stored = try connection.rows(table, where: key, batch.map(\.id), isLocking: true)
        let found = Dictionary(
            stored.compactMap { row in table.layout.id(of: row).map { ($0, row) } },
            uniquingKeysWith: { _, last in last })
        let rows = batch.map { id, row in
            var row = row
            row[key.field] = .string(id)
            return table.layout.complete(row)
        }
        if found.isEmpty { return try insertAll(rows, table, isUpsert: true) }
        for (row, id) in zip(rows, batch.map(\.id)) {
            if let old = found[id] {
                results.append(try replace(old, with: row, table, .upsert))
            } else {
                results.append(try insert(row, table, upserting: .id(id)))
            }
        }
    }

    /// - Parameter rows: complete ones.
    private mutating func insertAll(_ rows: [JSONObject], _ table: PostgresTable, isUpsert: Bool = false) throws {
        let values = try rows.flatMap { row in try table.values(of: row) }
        guard try insertTogether(rows.count, values, table) else {
            // One by one, to learn which of them it was.
            for row in rows {
                let key = isUpsert ? table.layout.id(of: row).map(Key.id) : nil
                results.append(try insert(row, table, upserting: key))
            }
            return
        }
        for row in rows {
            try note(.create, old: nil, new: row, table)
            results.append(row)
        }
    }

    /// False when the server refused one of the rows; none of them is there then.
    private func insertTogether(_ count: Int, _ values: [String?], _ table: PostgresTable) throws -> Bool {
        try connection.execute("SAVEPOINT batch")
        do {
            try connection.execute(table.insert(rows: count), values)
            return true
        } catch {
            guard error.cause == .refused else { throw error }
        }
        try connection.execute("ROLLBACK TO SAVEPOINT batch")
        return false
    }

    private mutating func replace(
        _ old: JSONObject, with new: JSONObject, _ table: PostgresTable, _ manner: ClusterEvents.Manner,
        causedBy cause: String? = nil
    ) throws -> JSONObject {
        // A certificate that is sent with new names only is not touched, and nobody is told that it was.
        if table.layout.entity == "certificates", new == old { return new }
        let id = try table.layout.idText(of: old)
        try store(new, table, table.update, try table.values(of: new) + [id])
        try note(manner, old: old, new: new, table, causedBy: cause)
        return new
    }

    private func store(_ row: JSONObject, _ table: PostgresTable, _ sql: String, _ values: [String?]) throws {
        do {
            try connection.execute(sql, values)
        } catch {
            throw StoreError(error, writing: row, table) ?? error as any Error
        }
    }

    private mutating func note(
        _ manner: ClusterEvents.Manner, old: JSONObject?, new: JSONObject?, _ table: PostgresTable,
        causedBy cause: String? = nil
    ) throws {
        let row = new ?? old ?? [:]
        let effect = Effect(
            manner.operation, table.layout.entity, id: try table.layout.idText(of: row), old: old, new: new,
            causedBy: cause)
        effects.append(effect)
        events.add(effect, manner, table, serverNames: try serverNames(of: effect, manner))
    }

    /// The names that an updated certificate is served for: nodes know it under these.
    private func serverNames(of effect: Effect, _ manner: ClusterEvents.Manner) throws -> [String] {
        guard effect.entity == "certificates", manner.operation == .update, tables["snis"] != nil else { return [] }
        let sql = "SELECT name FROM snis WHERE certificate_id = $1::uuid ORDER BY name"
        return try connection.execute(sql, [effect.id]).texts
    }
}

// MARK: - Deletes

extension PostgresTransaction {
    /// The row is locked.
    private mutating func delete(_ row: JSONObject, _ table: PostgresTable, causedBy cause: String? = nil) throws {
        let id = try table.layout.idText(of: row)
        for link in tables.layouts.links(to: table.layout.entity) { try release(link, from: id) }
        do {
            try connection.execute(table.delete, [id])
        } catch {
            throw StoreError(error, deletingFrom: table.layout.entity) ?? error as any Error
        }
        try note(.delete, old: row, new: nil, table, causedBy: cause)
    }

    /// Does to the rows that refer to a row what their foreign field says, before that row goes.
    private mutating func release(_ link: ParentLink, from parent: String) throws {
        let child = try tables.table(of: link.entity)
        guard let column = child.column(of: link.field) else { return }
        for row in try connection.rows(child, where: column, [parent], isLocking: true) {
            switch link.onDelete {
            case .restrict: throw StoreError.restricted(entity: link.parent, referencedBy: link.entity)
            case .cascade: try delete(row, child, causedBy: link.parent)
            case .null:
                let freed = child.layout.merging(JSONObject([(link.field, .null)]), into: row)
                _ = try replace(row, with: freed, child, .update, causedBy: link.parent)
            }
        }
    }
}

extension StoreError {
    /// Whether the row is taken that this key means.
    fileprivate func isOf(_ key: Key) -> Bool {
        switch (self, key) {
        case (.primaryKeyViolation, .id): true
        case (.uniqueViolation(_, let fields), .field(let name, _)): fields.keys == [name]
        default: false
        }
    }
}

extension Layout {
    fileprivate func idText(of row: JSONObject) throws(StoreError) -> String {
        guard let id = id(of: row) else { throw .unknown("a row of \(entity) has no id") }
        return id
    }
}

extension PostgresTable {
    /// Whether readers no longer see a row.
    func hasExpired(_ row: JSONObject) -> Bool {
        guard schema.hasTTL, let ttl = row[Layout.ttl]?.number else { return false }
        return ttl < WallClock.now()
    }
}
