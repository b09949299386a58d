// Reads of the SQLite store. Each runs on a reading connection of its own, sees one instant, and waits for no writer.

import GRDB
import Schema

extension SQLiteStore {
    package func row(of entity: String, _ key: Key) async throws(StoreError) -> JSONObject? {
        let layout = try layouts.layout(of: entity)
        return try await read { db in try db.liveRow(layout, key) }
    }

    package func page(_ query: PageQuery) async throws(StoreError) -> Page {
        let layout = try layouts.layout(of: query.entity)
        let select = try PageSelect(query, layout)
        // One more than asked for tells whether there is a next page.
        var rows = try await read { db in try db.rows(layout, select.sql, select.arguments) }
        guard rows.count > query.size else { return Page(rows: rows, offset: nil) }
        rows.removeLast(rows.count - query.size)
        return Page(rows: rows, offset: rows.last.flatMap(layout.id).map { Offset.encode(after: [$0]) })
    }

    package func tags(named name: String?, size: Int, offset: String?) async throws(StoreError) -> TagPage {
        let after = try offset.map { offset throws(StoreError) in try Offset.key(of: offset, count: 3) }
        let (sql, arguments) = Self.tagQuery(name, after: after, limit: size + 1)
        let lines = try await read { db in try GRDB.Row.fetchAll(db, sql: sql, arguments: arguments).map(TagLine.init) }
        let page = lines.prefix(size)
        let next = lines.count > size ? page.last.map { Offset.encode(after: $0.key) } : nil
        return TagPage(entries: page.map(\.entry), offset: next)
    }

    private static func tagQuery(
        _ name: String?, after: [String]?, limit: Int
    ) -> (sql: String, arguments: StatementArguments) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        if let name {
            conditions.append("tag = ?")
            arguments += [name]
        }
        if let after {
            conditions.append("(entity_id, entity_name, position) > (?, ?, CAST(? AS INTEGER))")
            arguments += StatementArguments(after)
        }
        let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let sql =
            "SELECT entity_id, entity_name, position, tag FROM tags\(filter)"
            + " ORDER BY entity_id, entity_name, position LIMIT ?"
        return (sql, arguments + [limit])
    }

    /// Rows that have expired and are not yet removed are among them: only here can they be found to be deleted.
    package func loadAll() async throws(StoreError) -> Dataset {
        // Taken before the snapshot: a commit in between is in it and comes again by the feed, which does no harm.
        let revision = self.revision
        return try await read { db in try self.readAll(db, revision: revision) }
    }

    func readAll(_ db: Database, revision: UInt64) throws -> Dataset {
        var dataset = Dataset(layouts: layouts, revision: revision)
        for layout in layouts.all {
            let cursor = try GRDB.Row.fetchCursor(db, sql: layout.sql.selectAll)
            while let record = try cursor.next() { dataset.insert(try layout.decode(record), into: layout.entity) }
        }
        return dataset
    }

    package func reachable() async -> Bool {
        do {
            return try await read { db in
                try self.file.verify()
                return try Int.fetchOne(db, sql: "SELECT 1 FROM schema_meta LIMIT 1") == 1
            }
        } catch {
            return false
        }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw StoreError(using: file.path, error)
        }
    }
}

/// A line of the table `tags`.
private struct TagLine: Sendable {
    let entry: TagEntry
    let position: Int

    init(_ record: GRDB.Row) {
        entry = TagEntry(tag: record[3], entity: record[1], id: record[0])
        position = record[2]
    }

    /// What the next page goes on after.
    var key: [String] { [entry.id, entry.entity, String(position)] }
}
