// The erased declaration of a record: what RecordValidator, the stores and the schema documents work on.

/// The fields of a record, in declared order, and the checks across them.
package struct RecordSchema: Sendable {
    package var fields: [FieldSpec]
    package var checks: [EntityCheck]
    let verify: @Sendable (Row, ValidationContext) -> String?

    package init(
        fields: [FieldSpec], checks: [EntityCheck] = [],
        verify: @escaping @Sendable (Row, ValidationContext) -> String? = { _, _ in nil }
    ) {
        self.fields = fields
        self.checks = checks
        self.verify = verify
    }

    package func field(_ name: String) -> FieldSpec? {
        fields.first { $0.name == name }
    }

    package func declares(_ name: String) -> Bool {
        fields.contains { $0.name == name }
    }

    /// The field at a path like "config.policy".
    package func field(at path: [String]) -> FieldSpec? {
        guard let first = path.first, let spec = field(first) else { return nil }
        guard path.count > 1 else { return spec }
        guard case .record(let inner) = spec.kind else { return nil }
        return inner.field(at: Array(path.dropFirst()))
    }

    /// The same record with one field replaced.
    package func replacing(_ spec: FieldSpec) -> RecordSchema {
        var schema = self
        schema.fields = fields.map { $0.name == spec.name ? spec : $0 }
        return schema
    }
}
