// Reads of the PostgreSQL store: each is one statement on a connection of the pool. Only `loadAll` is answered from the
// node's copy, which the change feed keeps, so that it works while the database is away.

import Schema

extension PostgresStore {
    package func row(of entity: String, _ key: Key) async throws(StoreError) -> JSONObject? {
        let table = try tables.table(of: entity)
        return try await read { connection in try connection.liveRow(table, key) }
    }

    package func page(_ query: PageQuery) async throws(StoreError) -> Page {
        let table = try tables.table(of: query.entity)
        let select = try PostgresPage(query, table)
        // One more than asked for tells whether there is a next page.
        var rows = try await read { connection in try table.rows(connection.execute(select.sql, select.values)) }
        guard rows.count > query.size else { return Page(rows: rows, offset: nil) }
        rows.removeLast(rows.count - query.size)
        return Page(rows: rows, offset: rows.last.flatMap(table.layout.id).map { Offset.encode(after: [$0]) })
    }

    package func tags(named name: String?, size: Int, offset: String?) async throws(StoreError) -> TagPage {
        let after = try offset.map { offset throws(StoreError) in try Offset.key(of: offset, count: 2) }
        if let after, let offset, !UUIDText.isValid(after[0]) || Int(after[1]) == nil {
            throw .invalidOffset(offset, reason: "invalid offset")
        }
        let (sql, values) = Self.tagQuery(name, after: after, limit: size + 1)
        let lines = try await read { connection in TagLine.all(try connection.execute(sql, values)) }
        let page = lines.prefix(size)
        let next = lines.count > size ? page.last.map { Offset.encode(after: [$0.entry.id, $0.position]) } : nil
        return TagPage(entries: page.map(\.entry), offset: next)
    }

    private static func tagQuery(_ name: String?, after: [String]?, limit: Int) -> (sql: String, values: [String?]) {
        var sql = "SELECT t.tag, e.entity_name, e.entity_id, t.place FROM tags e, "
        sql += "unnest(e.tags) WITH ORDINALITY AS t (tag, place) WHERE true"
        var values: [String?] = []
        if let name {
            values += [PostgresText.array([name]), name]
            sql += " AND e.tags @> $1::text[] AND t.tag = $2::text"
        }
        if let after {
            sql += " AND (e.entity_id, t.place) > ($\(values.count + 1)::uuid, $\(values.count + 2)::bigint)"
            values += after
        }
        values.append(String(limit))
        return (sql + " ORDER BY e.entity_id, t.place LIMIT $\(values.count)::bigint", values)
    }

    /// The copy that the change feed keeps.
    package func loadAll() async throws(StoreError) -> Dataset { feed.dataset }

    package func reachable() async -> Bool {
        guard feed.outage == nil else { return false }
        return (try? await read { connection in try connection.execute("SELECT 1").count }) == 1
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(StoreError) -> Value {
        try requireDatabase()
        do {
            return try await pool.run(body)
        } catch {
            throw StoreError(error, settings)
        }
    }
}

/// A line of `/tags`.
private struct TagLine: Sendable {
    let entry: TagEntry
    let position: String

    static func all(_ result: PostgresResult) -> [TagLine] {
        (0..<result.count).map { line in
            func text(_ column: Int) -> String { result.text(line, column) ?? "" }
            return TagLine(entry: TagEntry(tag: text(0), entity: text(1), id: text(2)), position: text(3))
        }
    }
}
