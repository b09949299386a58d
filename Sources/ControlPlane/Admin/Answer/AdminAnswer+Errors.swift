// Errors of the data layer as answers.

import Schema
import Store

extension AdminAnswer {
    init(_ error: EntityError) {
        self.init(error.status, error.json)
    }

    /// What a client can mend names its field; a database that is away is told apart from a fault of the node.
    init(_ error: StoreError) {
        switch error {
        case .unstorable(_, let field):
            self.init(EntityError(Violations(field: field, "must not contain a NUL character")))
        case .unavailable: self = .message(503, "the database is not available")
        default: self.init(EntityError(error))
        }
    }
}
