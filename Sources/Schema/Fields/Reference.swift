// Foreign keys and plugin configurations as property types.

/// The id of a row of another entity; which one is said by the trait `.references`.
package struct Reference: FieldValue, Hashable {
    package var id: String

    package init(id: String) { self.id = id }

    package static var kind: Kind { .foreign(ForeignKey(entity: "", onDelete: .restrict)) }

    package init?(json: JSON) {
        guard let id = json["id"]?.string else { return nil }
        self.id = id
    }

    package var json: JSON { ["id": .string(id)] }
}

/// A record that is kept as it is because another field chooses its schema: a plugin's `config`.
package struct VariantRecord: FieldValue, Hashable {
    package var row: Row

    package init(row: Row = [:]) { self.row = row }

    package static var kind: Kind { .variant }

    package init?(json: JSON) {
        guard let row = json.object else { return nil }
        self.row = row
    }

    package var json: JSON { .object(row) }
}
