// What a declarative document declares: every row, flat, with its references resolved.

import Schema
import Store

/// The rows of a declarative document. Every row comes after those it refers to.
package struct DeclarativeConfiguration: Sendable {
    package let rows: [(entity: String, row: Row)]

    /// The rows as a data set for a node without a database.
    package func dataset(_ catalog: Catalog) -> Dataset {
        Dataset(catalog: catalog, rows: rows)
    }

    /// Writes that import the rows into a database: those that are there already are replaced.
    package var writes: [Write] {
        rows.map { .upsert($0.entity, .id($0.row["id"]?.string ?? ""), $0.row) }
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

extension JSON {
    /// The value without the null members of objects, at every depth.
    fileprivate var withoutNulls: JSON {
        switch self {
        case .object(let members):
            .object(JSONObject(members.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNulls) }))
        case .array(let items): .array(items.map(\.withoutNulls))
        default: self
        }
    }
}
