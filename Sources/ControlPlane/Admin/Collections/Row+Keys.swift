// Ids and references inside rows.

import Schema

extension JSONObject {
    /// The row's id; rows that a store gave always have one.
    var id: String { self["id"]?.string ?? "" }

    /// The id a foreign field refers to; nil where it is null.
    func reference(_ field: String) -> String? { self[field]?["id"]?.string }

    /// The members whose values differ from those of an older version of the row, except for the id, which stays:
    /// a write of these alone leaves alone what another node has changed meanwhile.
    func changes(from old: Row) -> Row {
        JSONObject(filter { $0.key != "id" && $0.value != old[$0.key] }.map { ($0.key, $0.value) })
    }
}

extension JSON {
    /// A foreign key's value.
    static func reference(_ id: String) -> JSON { ["id": .string(id)] }
}
