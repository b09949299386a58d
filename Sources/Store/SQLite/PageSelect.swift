// The query of one page. Its text depends only on which filters there are, so that prepared statements are found again.

import GRDB
import Schema

struct PageSelect: Sendable {
    private(set) var sql: String
    private(set) var arguments: [DatabaseValue] = []

    /// Selects one row more than the page has.
    init(_ query: PageQuery, _ layout: Layout) throws(StoreError) {
        sql = "\(layout.sql.selectAll) WHERE \(layout.sql.isLive)"
        let id = layout.sql.id
        if let offset = query.offset {
            let after = try Offset.key(of: offset, count: 1)
            add("\(id) > ?", [after[0].databaseValue])
        }
        if let parent = query.parent {
            guard let link = layout.parents.first(where: { $0.field == parent.field }) else {
                throw .unknown("\(layout.entity) has no foreign field '\(parent.field)'")
            }
            add("\(link.column.quotedName) = ?", [parent.id.lowercased().databaseValue])
        }
        if let tags = query.tags { add(tags, layout, id) }
        sql += " ORDER BY \(id) LIMIT ?"
        arguments.append((query.size + 1).databaseValue)
    }

    private mutating func add(_ filter: TagFilter, _ layout: Layout, _ id: String) {
        let tagged = "\(id) IN (SELECT entity_id FROM tags WHERE entity_name = ? AND tag"
        let entity = layout.entity.databaseValue
        switch filter {
        case .all(let tags):
            for tag in tags { add("\(tagged) = ?)", [entity, tag.databaseValue]) }
        case .any(let tags):
            let marks = tags.map { _ in "?" }.joined(separator: ", ")
            add("\(tagged) IN (\(marks)))", [entity] + tags.map(\.databaseValue))
        }
    }

    private mutating func add(_ condition: String, _ values: [DatabaseValue]) {
        sql += " AND " + condition
        arguments += values
    }
}
