// The declaration of a record: a struct whose properties, with their Swift defaults, are the fields, and one list
// that names them. Everything else (validation, storage, documents, forms) is derived from `schema`.

/// A validated record: every field is present, `.null` when unset.
package typealias Row = JSONObject

/// A record declared by its fields. `init()` gives the schema's defaults.
package protocol Declared: FieldValue {
    init()

    static var fields: [Field<Self>] { get }

    /// Checks across fields; they run in this order after the fields' own.
    static var checks: [EntityCheck] { get }

    /// A last check of the record as a whole; the text becomes the error of the field that holds it.
    static func verify(_ row: Row, in context: ValidationContext) -> String?
}

extension Declared {
    package static var checks: [EntityCheck] { [] }
    package static func verify(_ row: Row, in context: ValidationContext) -> String? { nil }

    /// The erased declaration. It is built anew each time: keep it.
    package static var schema: RecordSchema { Self().recordSchema }

    package static var kind: Kind { .record(schema) }
    package var kind: Kind { .record(recordSchema) }

    /// The schema with the values of this instance as its defaults.
    private var recordSchema: RecordSchema {
        RecordSchema(
            fields: Self.fields.map { $0.makeSpec(self) },
            checks: Self.checks,
            verify: { Self.verify($0, in: $1) })
    }

    /// The typed form of a validated row. A null in a field that is not optional is read as the default.
    package init(row: Row) {
        self.init()
        for field in Self.fields {
            if let value = row[field.name] { field.write(&self, value) }
        }
    }

    package var row: Row {
        Row(Self.fields.map { ($0.name, $0.read(self)) })
    }

    package init?(json: JSON) {
        guard let row = json.object else { return nil }
        self.init(row: row)
    }

    package var json: JSON { .object(row) }
}
