// How plugins change what is stored: the tokens that oauth2 gives out. It may take long and may fail.

import Schema

/// One change to a stored row.
package enum RowChange: Sendable {
    /// Adds a row of that entity; what `members` leaves out is made up. It expires after that time, or never.
    case insert(entity: String, members: JSONObject, expiresAfterSeconds: Int?)
    /// Removes a row. Without the row all changes fail, so that a row can be used up only once.
    case take(entity: String, id: String)
}

/// What came of a list of changes.
package enum RowOutcome: Sendable {
    /// They are stored, and requests that begin from now on see them.
    case done
    /// A row to take was gone; nothing has changed.
    case gone
    /// The store can't be reached or takes no changes; nothing has changed.
    case failed
}

/// Changes rows.
package protocol RowWriter: Sendable {
    /// Carries out all changes or none, and calls `done` once, on any thread.
    func write(_ changes: [RowChange], _ done: @escaping @Sendable (RowOutcome) -> Void)
}
