// A column of a table and the field whose values it holds. Kinds of fields come down to six ways of storing.

import Schema

/// One column.
struct Column: Sendable {
    enum Storage: Sendable {
        case text, integer, number, boolean
        /// Lists, maps and records, as JSON text.
        case json
        /// The primary key of another entity's row; in the row an object `{"id": ...}`.
        case parent
    }

    let field: String
    /// Kong's name of the column: the field's, with `_id` behind foreign ones.
    let name: String
    let quotedName: String
    let storage: Storage
    /// What rows get that are older than the column.
    let defaultValue: JSON?

    init(field: String, name: String, storage: Storage, defaultValue: JSON? = nil) {
        self.field = field
        self.name = name
        self.storage = storage
        self.defaultValue = defaultValue
        quotedName = TableSQL.quote(name)
    }

    init(_ field: FieldSpec) {
        let storage: Storage =
            switch field.kind {
            case .string: .text
            case .integer: .integer
            case .number: .number
            case .boolean: .boolean
            case .foreign: .parent
            case .array, .set, .map, .record, .variant: .json
            }
        let name = storage == .parent ? field.name + "_id" : field.name
        self.init(field: field.name, name: name, storage: storage, defaultValue: field.defaultValue)
    }
}
