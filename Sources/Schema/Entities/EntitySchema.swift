// The erased declaration of an entity.

/// All that is known of an entity. What can be done with it is in the extensions (EntitySchema+Pipeline.swift).
package struct EntitySchema: Sendable {
    package let name: String
    package let record: RecordSchema
    package let endpointKey: String?
    package let cacheKey: [String]
    package let uniqueTogether: [[String]]
    package let hasTTL: Bool
    package let access: EntityAccess
    package let shorthands: [Shorthand]
    /// The field that chooses the record schema of the `variant` field: "name" for plugins, else nil.
    package let variantKey: String?
    /// The fields that refer to other entities, with the entity and what a delete there does.
    package let foreignFields: [(field: FieldSpec, key: ForeignKey)]
    let finish: @Sendable (inout Row, JSONObject, ValidationContext) -> Void

    package init<E: Entity>(_ entity: E.Type) {
        name = entity.name
        record = entity.schema
        endpointKey = entity.endpointKey
        cacheKey = entity.cacheKey
        uniqueTogether = entity.uniqueTogether
        hasTTL = entity.hasTTL
        access = entity.access
        shorthands = entity.shorthands
        variantKey = record.fields.contains { if case .variant = $0.kind { true } else { false } } ? "name" : nil
        foreignFields = record.fields.compactMap { field in field.kind.foreignKey.map { (field, $0) } }
        finish = { entity.finish(&$0, given: $1, in: $2) }
    }

    package var fields: [FieldSpec] { record.fields }

    package func field(_ name: String) -> FieldSpec? { record.field(name) }

    package var isTaggable: Bool { field("tags") != nil && access == .full }

    /// The fields that are unique on their own, the primary key excepted.
    package var uniqueFields: [FieldSpec] { fields.filter { $0.isUnique && !$0.isPrimaryKey } }
}
