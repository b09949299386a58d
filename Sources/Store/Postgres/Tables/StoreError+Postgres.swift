// What the server refuses, as errors of the store: the constraints have the names that PostgreSQL itself gives them,
// as in a database that Kong made.

import Schema

extension StoreError {
    /// An error of a connection or statement that says nothing of the rows.
    init(_ error: any Error, _ settings: PostgresSettings) {
        switch error {
        case let error as StoreError: self = error
        case let error as PostgresError:
            self =
                error.isOutage
                ? .unavailable("[PostgreSQL error] \(error.message)")
                : .broken(path: settings.address, reason: error.message)
        case let error as JSONSyntaxError:
            self = .broken(path: settings.address, reason: "a stored value is no JSON: \(error.reason.rawValue)")
        default: self = .unavailable("the database \(settings.address) failed: \(error)")
        }
    }

    /// Which rule a row broke, when it was that.
    init?(_ error: PostgresError, writing row: JSONObject, _ table: PostgresTable) {
        let layout = table.layout
        switch error.state {
        case "23505" where error.constraint == "\(layout.entity)_pkey":
            self = .primaryKeyViolation(entity: layout.entity, id: layout.id(of: row) ?? "")
        case "23505":
            let group = layout.unique.first { $0.constraint(layout.entity) == error.constraint }
            guard let group else { return nil }
            self = .uniqueViolation(entity: layout.entity, fields: layout.values(of: group, in: row))
        case "23503":
            let link = layout.parents.first { "\(layout.entity)_\($0.column.name)_fkey" == error.constraint }
            guard let link, let id = link.parentID(in: row) else { return nil }
            self = .foreignKeyMissing(entity: layout.entity, field: link.field, parent: link.parent, id: id)
        case "22P05", "22021": self = .unstorable(entity: layout.entity, field: "a field")
        default: return nil
        }
    }

    /// Which rows keep one from being deleted.
    init?(_ error: PostgresError, deletingFrom entity: String) {
        guard error.state == "23503" else { return nil }
        self = .restricted(entity: entity, referencedBy: error.table)
    }
}

extension [Column] {
    /// The name of the constraint that keeps a group unique: composite ones go by their cache key.
    fileprivate func constraint(_ table: String) -> String {
        count == 1 ? "\(table)_\(self[0].name)_key" : "\(table)_cache_key_key"
    }
}
