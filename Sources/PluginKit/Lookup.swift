// Tables of rows that plugins look things up in besides credentials by their cache key: a consumer's groups, a token's
// application. A plugin names what it needs; the tables are made and kept current with the configuration.

import Schema

/// A table of an entity's rows by the value of one field; foreign fields count by their id.
package struct Lookup: Hashable, Sendable {
    package let entity: String
    package let field: String

    package init(_ entity: String, by field: String) {
        self.entity = entity
        self.field = field
    }

    /// The key under which a row is found; nil when it has no value there.
    package func key(of row: Row) -> [UInt8]? {
        switch row[field] {
        case .string(let text)?: Array(text.utf8)
        case .object(let reference)?: reference["id"]?.string.map { Array($0.utf8) }
        default: nil
        }
    }
}

/// Names one table; made by `Setup.table`, used with `Exchange.rows`.
package struct LookupTable: Sendable {
    package let index: Int

    package init(index: Int) {
        self.index = index
    }
}

/// The rows with the same key, in the order of their ids.
package final class RowList: Sendable {
    package let rows: [Row]

    package init(_ rows: [Row]) {
        self.rows = rows
    }
}
