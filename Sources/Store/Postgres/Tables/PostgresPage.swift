// The query of one page. Its text depends only on which filters there are, so that prepared statements are found again.

import Schema

struct PostgresPage: Sendable {
    private(set) var sql: String
    private(set) var values: [String?] = []

    /// Selects one row more than the page has.
    init(_ query: PageQuery, _ table: PostgresTable) throws(StoreError) {
        sql = "\(table.selectAll) WHERE \(table.isLive)"
        if let offset = query.offset {
            let after = try Offset.key(of: offset, count: 1)[0]
            guard UUIDText.isValid(after) else { throw .invalidOffset(offset, reason: "invalid offset") }
            add("\(table.id) >", after, "uuid")
        }
        if let parent = query.parent {
            guard let column = table.column(of: parent.field), column.type == .parent else {
                throw .unknown("\(table.layout.entity) has no foreign field '\(parent.field)'")
            }
            // Compared as texts when it is no id: nothing equals it then, and nothing fails.
            let isID = UUIDText.isValid(parent.id)
            add("\(column.quotedName)\(isID ? "" : "::text") =", parent.id, isID ? "uuid" : "text")
        }
        switch query.tags {
        case .all(let tags): add("tags @>", PostgresText.array(tags), "text[]")
        case .any(let tags): add("tags &&", PostgresText.array(tags), "text[]")
        case nil: break
        }
        values.append(String(query.size + 1))
        sql += " ORDER BY \(table.id) LIMIT $\(values.count)::bigint"
    }

    private mutating func add(_ comparison: String, _ value: String, _ type: String) {
        values.append(value)
        sql += " AND \(comparison) $\(values.count)::\(type)"
    }
}
