// How one entity lies in a table: its columns, keys and references, worked out once from the EntitySchema so that the
// stores, the migrations and the data set never look at the schema's kinds again.

import Schema

/// The table of one entity.
struct Layout: Sendable {
    let entity: String
    /// The column of the primary key; its field is `id` for all but `cluster_ca`.
    let key: Column
    let columns: [Column]
    let parents: [ParentLink]
    /// Groups of columns whose values together must not repeat; most are single ones. In the order of the reports.
    let unique: [[Column]]
    /// Whether rows carry `tags`.
    let isTaggable: Bool
    let sql: TableSQL
    private let places: [String: Int]

    /// The field, and column, that holds the instant a row expires at, in epoch seconds; it is in no schema.
    static let ttl = "ttl"
    static let tags = "tags"

    init(_ schema: EntitySchema) {
        let expiry = Column(field: Self.ttl, name: Self.ttl, storage: .number)
        let columns = schema.fields.map { Column($0) } + (schema.hasTTL ? [expiry] : [])
        let places = Dictionary(columns.enumerated().map { ($1.field, $0) }, uniquingKeysWith: { first, _ in first })
        let groups = schema.uniqueFields.map { [$0.name] } + schema.uniqueTogether
        entity = schema.name
        key =
            schema.fields.first(where: \.isPrimaryKey).map { Column($0) }
            ?? Column(field: "id", name: "id", storage: .text)
        parents = schema.foreignFields.map { field, key in
            ParentLink(
                entity: schema.name, field: field.name, column: Column(field), parent: key.entity,
                onDelete: key.onDelete)
        }
        unique = groups.map { group in group.compactMap { name in places[name].map { columns[$0] } } }
        isTaggable = schema.isTaggable
        sql = TableSQL(table: entity, id: key.name, columns: columns.map(\.name), expires: schema.hasTTL)
        self.columns = columns
        self.places = places
    }

    func column(of field: String) -> Column? {
        places[field].map { columns[$0] }
    }
}

/// A foreign field: rows of `entity` hang on rows of `parent`.
struct ParentLink: Sendable {
    let entity: String
    let field: String
    let column: Column
    let parent: String
    let onDelete: ForeignKey.OnDelete
}
