// Every row of the configuration as one immutable value. The snapshot compiler reads it and keeps it current with the
// change feed: a new version shares all it did not change with the old one, so that one row among 100,000 costs
// microseconds and old versions stay valid for whoever still reads them.

import HashTreeCollections
import Schema

/// All rows by entity and id, with the children of every row by foreign field.
package struct Dataset: Sendable {
    /// The last transaction that is in it (`Committed.revision`).
    package private(set) var revision: UInt64
    private let layouts: Layouts
    private var tables: [String: Table] = [:]

    /// A data set of these rows; a row with the id of an earlier one takes its place. Nothing else is checked.
    package init(catalog: Catalog, rows: some Sequence<(entity: String, row: Row)> = []) {
        self.init(layouts: Layouts(catalog), revision: 0)
        for (entity, row) in rows {
            guard let layout = layouts[entity] else { continue }
            insert(layout.complete(row), into: entity)
        }
    }

    init(layouts: Layouts, revision: UInt64) {
        self.layouts = layouts
        self.revision = revision
    }

    package func count(of entity: String) -> Int {
        tables[entity]?.rows.count ?? 0
    }

    package func row(of entity: String, id: String) -> Row? {
        tables[entity]?.rows[id.lowercased()]
    }

    /// All rows of an entity, in no particular order.
    package func rows(of entity: String) -> some Sequence<Row> & Sendable {
        (tables[entity] ?? Table()).rows.values
    }

    /// The rows of `entity` whose foreign field refers to this id, in no particular order.
    package func children(of id: String, in entity: String, by field: String) -> [Row] {
        guard let table = tables[entity], let ids = table.children[field]?[id.lowercased()] else { return [] }
        return ids.compactMap { table.rows[$0] }
    }

    /// All ids of an entity in ascending order, the order of lists.
    func sortedIDs(of entity: String) -> [String] {
        (tables[entity]?.rows.keys).map { $0.sorted() } ?? []
    }
}

// MARK: - Changes

extension Dataset {
    /// The data set after a transaction. Applying one a second time changes nothing.
    package func applying(_ committed: Committed) -> Dataset {
        guard committed.revision > revision else { return self }
        var next = self
        next.revision = committed.revision
        for effect in committed.effects {
            if let row = effect.new {
                next.insert(row, into: effect.entity)
            } else {
                next.remove(effect.id, from: effect.entity)
            }
        }
        return next
    }

    /// The same rows under another revision.
    func numbered(_ revision: UInt64) -> Dataset {
        var next = self
        next.revision = revision
        return next
    }

    mutating func insert(_ row: Row, into entity: String) {
        guard let layout = layouts[entity], let id = layout.id(of: row) else { return }
        tables[entity, default: Table()].insert(row, id: id, layout)
    }

    private mutating func remove(_ id: String, from entity: String) {
        guard let layout = layouts[entity] else { return }
        tables[entity]?.remove(id, layout)
    }
}

/// The rows of one entity.
private struct Table: Sendable {
    var rows: TreeDictionary<String, Row> = [:]
    /// Foreign field, id of the parent, ids of its children.
    var children: [String: TreeDictionary<String, TreeSet<String>>] = [:]

    mutating func insert(_ row: Row, id: String, _ layout: Layout) {
        let old = rows.updateValue(row, forKey: id)
        for link in layout.parents {
            let before = old.flatMap(link.parentID(in:))
            let after = link.parentID(in: row)
            guard before != after else { continue }
            if let before { unlink(id, from: before, link.field) }
            if let after { children[link.field, default: [:]][after, default: []].insert(id) }
        }
    }

    mutating func remove(_ id: String, _ layout: Layout) {
        guard let old = rows.removeValue(forKey: id) else { return }
        for link in layout.parents {
            if let parent = link.parentID(in: old) { unlink(id, from: parent, link.field) }
        }
    }

    private mutating func unlink(_ id: String, from parent: String, _ field: String) {
        children[field]?[parent]?.remove(id)
        if children[field]?[parent]?.isEmpty == true { children[field]?[parent] = nil }
    }
}
