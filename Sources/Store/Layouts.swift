// The layouts of all entities of a catalogue, parents before children, with the links backwards: whose rows hang on
// whose.

import Schema

/// All layouts; cheap to copy.
struct Layouts: Sendable {
    /// Every entity after those it refers to. `tags` is none: it is a view of the others.
    let all: [Layout]
    private let places: [String: Int]
    /// Per parent, the links to it, in the order of `all`.
    private let childLinks: [String: [ParentLink]]

    init(_ catalog: Catalog) {
        let layouts = catalog.entities.filter { $0.access != .readOnly }.map(Layout.init)
        all = layouts
        places = Dictionary(layouts.enumerated().map { ($1.entity, $0) }, uniquingKeysWith: { first, _ in first })
        childLinks = Dictionary(grouping: layouts.flatMap(\.parents), by: \.parent)
    }

    subscript(entity: String) -> Layout? {
        places[entity].map { all[$0] }
    }

    func layout(of entity: String) throws(StoreError) -> Layout {
        guard let layout = self[entity] else { throw .unknown("no entity is named '\(entity)'") }
        return layout
    }

    /// The foreign fields, of all entities, that refer to rows of `parent`.
    func links(to parent: String) -> [ParentLink] {
        childLinks[parent] ?? []
    }
}
