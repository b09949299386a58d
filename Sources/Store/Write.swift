// What the Admin API, imports and plugins ask a store to do. A list of writes is one transaction.

import Schema

/// One change to one row.
package enum Write: Sendable {
    /// Adds a row. It carries its id; fields that are not in it become null.
    case insert(String, Row)
    /// Sets the fields that are present in `changes` and leaves the others; `StoreError.notFound` without the row.
    case update(String, Key, changes: Row)
    /// Adds the row, or overwrites every field of the one that has the key, which then keeps its id (Kong's PUT).
    case upsert(String, Key, Row)
    /// Removes the row and what hangs on it. No error when it is not there (Kong answers 204 either way).
    case delete(String, Key)

    package var entity: String {
        switch self {
        case .insert(let entity, _), .update(let entity, _, _), .upsert(let entity, _, _), .delete(let entity, _):
            entity
        }
    }
}
