// Fills the tables in which plugins look things up, and keeps them current row by row.

import PluginKit
import Schema
import Store

extension ShardedTable where Value == RowList {
    /// The rows of an entity by the field of a lookup.
    init(_ lookup: Lookup, of rows: some Sequence<Row>) {
        var lists: [[UInt8]: [Row]] = [:]
        for row in rows {
            if let key = lookup.key(of: row) { lists[key, default: []].append(row) }
        }
        self.init(lists.map { (key: $0, value: RowList($1.sorted { $0.id < $1.id })) })
    }

    /// Takes over one row's change.
    mutating func take(_ effect: Effect, _ lookup: Lookup) {
        if let key = effect.old.flatMap(lookup.key) {
            let rest = (find(key)?.rows ?? []).filter { $0.id != effect.id }
            set(key, rest.isEmpty ? nil : RowList(rest))
        }
        if let row = effect.new, let key = lookup.key(of: row) {
            let rest = (find(key)?.rows ?? []).filter { $0.id != effect.id }
            set(key, RowList((rest + [row]).sorted { $0.id < $1.id }))
        }
    }
}
