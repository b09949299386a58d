// A node's own copy of all rows, kept by the thread that follows the database. What is read anew is compared with it,
// and the differences are what the listener hears.

import Schema

/// All rows, with the places of those that are known by a key other than their id.
struct Mirror {
    private let tables: PostgresTables
    private(set) var dataset: Dataset
    /// Per entity, ids by cache key.
    private var places: [String: [String: String]] = [:]

    init(_ tables: PostgresTables, _ dataset: Dataset) {
        self.tables = tables
        self.dataset = dataset
        for table in tables.all where !table.isKeyedByID {
            for row in dataset.rows(of: table.layout.entity) { place(row, table) }
        }
    }

    /// The ids of the rows of the copy that are stale.
    func ids(of part: StaleRows.Part, in table: PostgresTable) -> Set<String> {
        let entity = table.layout.entity
        if part.isWhole { return Set(dataset.rows(of: entity).compactMap(table.layout.id)) }
        var ids = part.ids
        for key in part.keys {
            if let id = places[entity]?[key] { ids.insert(id) }
        }
        for (field, parents) in part.parents {
            for parent in parents {
                ids.formUnion(dataset.children(of: parent, in: entity, by: field).compactMap(table.layout.id))
            }
        }
        return ids
    }

    /// How the copy differs in these rows from what the database has of them.
    func differences(in table: PostgresTable, among ids: Set<String>, _ found: [String: Row]) -> [Effect] {
        let entity = table.layout.entity
        var effects: [Effect] = []
        for (id, row) in found {
            let old = dataset.row(of: entity, id: id)
            if old == row { continue }
            effects.append(Effect(old == nil ? .create : .update, entity, id: id, old: old, new: row))
        }
        for id in ids where found[id] == nil {
            guard let old = dataset.row(of: entity, id: id) else { continue }
            effects.append(Effect(.delete, entity, id: id, old: old, new: nil))
        }
        return effects
    }

    /// Takes over what changed.
    mutating func apply(_ committed: Committed) {
        for effect in committed.effects {
            guard let table = tables[effect.entity], !table.isKeyedByID else { continue }
            if let old = effect.old { places[effect.entity]?[table.key(of: old)] = nil }
        }
        for effect in committed.effects {
            guard let table = tables[effect.entity], !table.isKeyedByID, let new = effect.new else { continue }
            place(new, table)
        }
        dataset = dataset.applying(committed)
    }

    private mutating func place(_ row: Row, _ table: PostgresTable) {
        guard let id = table.layout.id(of: row) else { return }
        places[table.layout.entity, default: [:]][table.key(of: row)] = id
    }
}
