// The types a field can have: Kong's own, which decide how a value is checked, stored, merged and shown.

/// The type of a field's value.
package indirect enum Kind: Sendable {
    case string
    case number
    case integer
    case boolean
    case array(FieldSpec)
    /// A list without duplicates; the first of equal elements stays.
    case set(FieldSpec)
    case map(keys: FieldSpec, values: FieldSpec)
    case record(RecordSchema)
    case foreign(ForeignKey)
    /// A record whose schema another field of the same row chooses: a plugin's `config`, chosen by its `name`.
    case variant

    /// Kong's word for the type, as in schema documents.
    package var name: String {
        switch self {
        case .string: "string"
        case .number: "number"
        case .integer: "integer"
        case .boolean: "boolean"
        case .array: "array"
        case .set: "set"
        case .map: "map"
        case .record, .variant: "record"
        case .foreign: "foreign"
        }
    }

    package var foreignKey: ForeignKey? {
        if case .foreign(let key) = self { key } else { nil }
    }
}

/// A reference to a row of another entity, `{"id": "..."}` in bodies.
package struct ForeignKey: Sendable, Hashable {
    /// What happens to the rows that refer to a row when that is deleted.
    package enum OnDelete: Sendable {
        /// The delete is refused.
        case restrict
        /// They are deleted, too.
        case cascade
        /// The reference becomes null.
        case null
    }

    /// The name of the entity referred to, e.g. "services".
    package let entity: String
    package let onDelete: OnDelete

    package init(entity: String, onDelete: OnDelete) {
        self.entity = entity
        self.onDelete = onDelete
    }
}
