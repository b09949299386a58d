// One of Kong's tables: its columns, and the texts of all statements on it, made once.

import Schema

struct PostgresTable: Sendable {
    let layout: Layout
    let schema: EntitySchema
    let columns: [PostgresColumn]
    /// The quoted name of the table, and of its primary key.
    let table: String
    let id: String
    let selectAll: String
    /// The condition that a row has not expired; every read has it, as in Kong.
    let isLive: String
    /// Kong keeps the cache key of entities that are unique by several fields in a column of its own; it finds
    /// plugins by it, and a unique constraint on it stands for the group.
    let hasCacheKeyColumn: Bool
    /// The fields of the key that messages between nodes name a row by.
    let keyFields: [String]
    let update: String
    let delete: String
    private let insertHead: String
    private let places: [String: Int]

    init(_ schema: EntitySchema) {
        let layout = Layout(schema)
        let columns = layout.columns.map { PostgresColumn($0, schema.field($0.field)) }
        let table = PostgresText.identifier(layout.entity)
        let id = PostgresText.identifier(layout.key.name)
        let hasCacheKey = schema.cacheKey.count > 1
        let names = columns.map(\.quotedName) + (hasCacheKey ? ["cache_key"] : [])
        var sets = columns.enumerated().map { "\($1.quotedName) = \($1.parameter($0 + 1))" }
        if hasCacheKey { sets.append("cache_key = $\(columns.count + 1)") }
        let key = "$\(names.count + 1)::\(layout.key.storage == .boolean ? "boolean" : "uuid")"
        self.layout = layout
        self.schema = schema
        self.columns = columns
        self.table = table
        self.id = id
        hasCacheKeyColumn = hasCacheKey
        // Kong caches a certificate by the names it is served for, its snis themselves by nothing but their id.
        keyFields = layout.entity == "snis" ? [layout.key.field] : schema.cacheKey
        selectAll = "SELECT \(columns.map(\.selected).joined(separator: ", ")) FROM \(table)"
        isLive = schema.hasTTL ? "(ttl IS NULL OR ttl >= CURRENT_TIMESTAMP)" : "true"
        insertHead = "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES "
        update = "UPDATE \(table) SET \(sets.joined(separator: ", ")) WHERE \(id) = \(key)"
        delete = "DELETE FROM \(table) WHERE \(id) = $1::\(layout.key.storage == .boolean ? "boolean" : "uuid")"
        places = Dictionary(columns.enumerated().map { ($1.field, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func column(of field: String) -> PostgresColumn? {
        places[field].map { columns[$0] }
    }

    /// The key that messages between nodes name a row by: `<entity>:<parts>`, five colons in all.
    func key(of row: Row) -> String {
        guard isKeyedByID else { return schema.cacheKey(of: row) }
        return "\(layout.entity):\(layout.id(of: row) ?? "")::::"
    }

    var isKeyedByID: Bool { keyFields == [layout.key.field] }

    /// Adds this many rows; each takes the values of `values(of:)`.
    func insert(rows: Int) -> String {
        let width = columns.count + (hasCacheKeyColumn ? 1 : 0)
        let tuples = (0..<rows).map { row in
            var parameters = columns.enumerated().map { $1.parameter(row * width + $0 + 1) }
            if hasCacheKeyColumn { parameters.append("$\((row + 1) * width)::text") }
            return "(" + parameters.joined(separator: ", ") + ")"
        }
        return insertHead + tuples.joined(separator: ", ")
    }

    /// The rows with one of the values of `$1`, by ascending id, expired ones as well.
    func select(where column: PostgresColumn, isLocking: Bool) -> String {
        let type = column.type == .parent || column.type == .uuid ? "uuid" : "text"
        return "\(selectAll) WHERE \(column.quotedName) = ANY($1::\(type)[]) ORDER BY \(id)"
            + (isLocking ? " FOR UPDATE" : "")
    }

    /// The first row with a value that has not expired.
    func selectLive(where column: PostgresColumn) -> String {
        "\(selectAll) WHERE \(column.quotedName) = \(column.parameter(1)) AND \(isLive) ORDER BY \(id) LIMIT 1"
    }
}

// MARK: - Rows

extension PostgresTable {
    /// What `insert` and `update` take for a complete row.
    func values(of row: JSONObject) throws(StoreError) -> [String?] {
        var values: [String?] = []
        values.reserveCapacity(columns.count + 2)
        for column in columns { values.append(try column.encode(row[column.field] ?? .null, of: layout.entity)) }
        if hasCacheKeyColumn { values.append(schema.cacheKey(of: row)) }
        return values
    }

    /// The rows of a `selectAll`.
    func rows(_ result: PostgresResult) throws(JSONSyntaxError) -> [JSONObject] {
        var rows: [JSONObject] = []
        rows.reserveCapacity(result.count)
        for line in 0..<result.count {
            var row = JSONObject()
            for (place, column) in columns.enumerated() {
                row[column.field] = try column.decode(result.text(line, place))
            }
            rows.append(row)
        }
        return rows
    }

    /// The column and the text of a key; nil when no row can have it.
    func condition(of key: Key) throws(StoreError) -> (column: PostgresColumn, value: String)? {
        switch key {
        case .id(let id):
            guard let column = column(of: layout.key.field) else { return nil }
            if column.type == .boolean { return (column, id) }
            return UUIDText.isValid(id) ? (column, id.lowercased()) : nil
        case .field(let name, let text):
            guard let column = column(of: name) else { throw .unknown("\(layout.entity) has no field '\(name)'") }
            return text.utf8.contains(0) ? nil : (column, text)
        }
    }
}
