// How a row is named from outside: the segment of an Admin API path is an id or the value of the endpoint key.

/// Names one row of an entity.
package enum Key: Sendable, Hashable {
    /// The primary key; letter case does not matter for UUIDs.
    case id(String)
    /// The value of one text field, compared with its case (`services.name`, `targets.target`).
    case field(String, String)

    /// The field, for keys that are not the primary one.
    var fieldName: String? {
        if case .field(let name, _) = self { name } else { nil }
    }

    var description: String {
        switch self {
        case .id(let id): "id \(id)"
        case .field(let name, let value): "\(name) \(value)"
        }
    }
}
