// What a declarative document declares: every row, flat, with its references resolved.

import Schema
import Store

/// The rows of a declarative document. Every row comes after those it refers to.
package struct DeclarativeConfiguration: Sendable {
    package let rows: [(entity: String, row: Row)]
    /// Whether values are written as a person would (passwords) rather than as a database keeps them (their digests).
    package var isPlain = true

    /// The rows as a data set for a node without a database.
    package func dataset(_ catalog: Catalog) -> Dataset {
        Dataset(catalog: catalog, rows: rows)
    }

    /// Writes that import the rows into a database: those that are there already are replaced. They come in Kong's
    /// order, so that of several errors the same one is met first: entities by name, each after those it refers to.
    package func writes(_ context: ValidationContext) -> [Write] {
        let byEntity = Dictionary(grouping: rows, by: \.entity)
        return context.catalog.importOrder.flatMap { entity in
            (byEntity[entity.name] ?? []).map { _, row in
                .upsert(entity.name, .id(row.id), isPlain ? entity.finished(row, in: context) : row)
            }
        }
    }

    /// The answer to POST /config: the rows by entity and id, without null members.
    var json: JSON {
        var entities: [String: JSONObject] = [:]
        for (entity, row) in rows {
            entities[entity, default: JSONObject()][row.id] = JSON.object(row).withoutNulls
        }
        return .object(JSONObject(entities.sorted { $0.key < $1.key }.map { ($0.key, .object($0.value)) }))
    }
}

extension Catalog {
    /// Entities by name, each after those it refers to.
    fileprivate var importOrder: [EntitySchema] {
        var ordered: [EntitySchema] = []
        var seen: Set<String> = []
        func visit(_ entity: EntitySchema) {
            guard seen.insert(entity.name).inserted else { return }
            for name in entity.foreignFields.map(\.key.entity).sorted() {
                if let parent = self.entity(name) { visit(parent) }
            }
            ordered.append(entity)
        }
        for entity in entities.sorted(by: { $0.name < $1.name }) { visit(entity) }
        return ordered
    }
}

extension JSON {
    /// The value without the null members of objects, at every depth.
    var withoutNulls: JSON {
        switch self {
        case .object(let members):
            .object(JSONObject(members.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNulls) }))
        case .array(let items): .array(items.map(\.withoutNulls))
        default: self
        }
    }
}
