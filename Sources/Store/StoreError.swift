// Everything that can go wrong in a store, in one type; its translation to Kong's error objects is beside it.

import Schema

/// Why a store did not do what it was asked. Nothing was changed then.
package enum StoreError: Error, Sendable, Equatable {
    /// The id is taken (Kong's code 3).
    case primaryKeyViolation(entity: String, id: String)
    /// Another row has these values (code 5): one field, or all members of a composite key with their nulls.
    case uniqueViolation(entity: String, fields: Row)
    /// The row refers to one that is not there (code 4).
    case foreignKeyMissing(entity: String, field: String, parent: String, id: String)
    /// Rows of another entity refer to the row that was to go (code 4).
    case restricted(entity: String, referencedBy: String)
    /// No row to update (code 6).
    case notFound(entity: String, Key)
    /// The offset is none that this store made (code 7); the reason as Kong words it.
    case invalidOffset(String, reason: String)
    /// The store takes no writes (code 12).
    case unsupported(Unsupported)
    /// The database does not answer now; the same call may work later (code 8).
    case unavailable(String)
    /// The database is there and cannot be used: corrupt, not writable, no database at all. Names the path.
    case broken(path: String, reason: String)
    /// A text has a NUL character. No database keeps it: PostgreSQL refuses it, SQLite cuts the text there.
    case unstorable(entity: String, field: String)
    /// No such entity or field, or a row without an id: the caller is at fault.
    case unknown(String)

    /// A write that a node without a database refuses.
    package struct Unsupported: Sendable, Equatable {
        package enum Operation: String, Sendable {
            case create
            case update
            case upsert = "create or update"
            case delete = "remove"
        }

        package let operation: Operation
        package let entity: String
        /// The endpoint key the row was named by; nil for its id.
        package let field: String?

        init(_ write: Write) {
            entity = write.entity
            switch write {
            case .insert: (operation, field) = (.create, nil)
            case .update(_, let key, _): (operation, field) = (.update, key.fieldName)
            case .upsert(_, let key, _): (operation, field) = (.upsert, key.fieldName)
            case .delete(_, let key): (operation, field) = (.delete, key.fieldName)
            }
        }
    }
}
