// The SQL of one table, as text and made once: GRDB finds prepared statements again by their text, so building it anew
// would cost more than the lookup.

/// SQLite's statements for the rows of one entity.
struct TableSQL: Sendable {
    /// The quoted name of the table.
    let table: String
    /// The quoted name of the primary key.
    let id: String
    let selectAll: String
    /// Rows that have not expired: every read has this condition, as in Kong.
    let isLive: String
    let insert: String
    /// Takes what `insert` takes, and the id once more.
    let update: String
    let delete: String

    /// - Parameter columns: their names, in the order in which rows are read and written.
    init(table name: String, id key: String, columns: [String], expires: Bool) {
        table = Self.quote(name)
        id = Self.quote(key)
        let list = columns.map(Self.quote).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let sets = columns.map { "\(Self.quote($0)) = ?" }.joined(separator: ", ")
        selectAll = "SELECT \(list) FROM \(table)"
        isLive = expires ? "(ttl IS NULL OR ttl >= CAST(strftime('%s', 'now') AS INTEGER))" : "1"
        insert = "INSERT INTO \(table) (\(list)) VALUES (\(marks))"
        update = "UPDATE \(table) SET \(sets) WHERE \(id) = ?"
        delete = "DELETE FROM \(table) WHERE \(id) = ?"
    }

    /// The rows with a value in a column, by ascending id, expired ones as well.
    func select(where column: Column) -> String {
        "\(selectAll) WHERE \(column.quotedName) = ? ORDER BY \(id)"
    }

    /// The first of them that has not expired.
    func selectLive(where column: Column) -> String {
        "\(selectAll) WHERE \(column.quotedName) = ? AND \(isLive) ORDER BY \(id) LIMIT 1"
    }

    /// What a unique index is over. In a group null counts as a value, or two global plugins of one name would both
    /// be taken; a field alone may be null any number of times.
    static func uniqueTerms(of group: [Column]) -> [String] {
        group.count == 1 ? [group[0].quotedName] : group.map { "ifnull(\($0.quotedName), '')" }
    }

    /// The condition that a row has the values bound to it in a unique group.
    static func hasSame(_ group: [Column]) -> String {
        let mark = group.count == 1 ? "?" : "ifnull(?, '')"
        return uniqueTerms(of: group).map { "\($0) = \(mark)" }.joined(separator: " AND ")
    }

    static func quote(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}

/// The table behind `/tags`: a line for each row and tag.
enum TagTable {
    static let create = """
        CREATE TABLE tags (entity_id TEXT NOT NULL, entity_name TEXT NOT NULL, position INTEGER NOT NULL, \
        tag TEXT NOT NULL, PRIMARY KEY (entity_id, entity_name, position)) WITHOUT ROWID;
        CREATE INDEX tags_tag_idx ON tags (tag, entity_name, entity_id);
        """
    static let insert = "INSERT INTO tags (entity_id, entity_name, position, tag) VALUES (?, ?, ?, ?)"
    static let delete = "DELETE FROM tags WHERE entity_id = ? AND entity_name = ?"
}
