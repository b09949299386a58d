// What the writes of an entity do beyond its declaration. Most entities are not in here.

import Schema
import Store

/// Deviations of an entity's writes from the generic ones.
struct WriteRules: Sendable {
    /// Looks at a row before it is validated: the body of a new one as sent, a changed one with its stored members.
    var check: (@Sendable (Row, AdminContext) async throws -> Void)?
    /// The error of a change to a row that is not there, where it is not the usual one.
    var missing: (@Sendable (Key) -> any Error)?

    static func of(_ entity: String) -> WriteRules {
        entity == "plugins" ? .plugins : WriteRules()
    }
}
