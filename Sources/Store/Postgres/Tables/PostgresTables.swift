// The tables of all entities of a catalogue, parents before children. Tables of entities that the node does not know
// are never touched.

import Schema

struct PostgresTables: Sendable {
    let all: [PostgresTable]
    let layouts: Layouts
    private let places: [String: Int]

    init(_ catalog: Catalog) {
        layouts = Layouts(catalog)
        let tables = catalog.entities.filter { $0.access != .readOnly }.map(PostgresTable.init)
        all = tables
        places = Dictionary(tables.enumerated().map { ($1.layout.entity, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(entity: String) -> PostgresTable? {
        places[entity].map { all[$0] }
    }

    func table(of entity: String) throws(StoreError) -> PostgresTable {
        guard let table = self[entity] else { throw .unknown("no entity is named '\(entity)'") }
        return table
    }
}
