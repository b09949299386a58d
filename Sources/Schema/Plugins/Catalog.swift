// All declarations of a running node: the core entities and what the enabled plugins bring. Stores make their tables
// from it, the Admin API its endpoints, declarative files their keys.

/// The entities and plugins of a node. It never changes while the node runs.
package struct Catalog: Sendable {
    /// A foreign key seen from the entity it refers to.
    package struct Child: Sendable {
        package let entity: EntitySchema
        /// The name of the field that refers to the parent.
        package let field: String
        package let onDelete: ForeignKey.OnDelete
    }

    /// Every entity after those it refers to.
    package let entities: [EntitySchema]
    /// The enabled plugins, by name.
    package let plugins: [PluginDeclaration]

    private let places: [String: Int]
    private let declarations: [String: PluginDeclaration]
    /// The record of a plugin row by the plugin's name.
    private let variants: [String: RecordSchema]
    private let childrenByParent: [String: [Child]]

    package init(core: [EntitySchema], plugins: [PluginDeclaration]) {
        let entities = Self.inDependencyOrder(core + plugins.flatMap(\.entities))
        self.entities = entities
        self.plugins = plugins.sorted { $0.name < $1.name }
        places = Dictionary(entities.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let declarations = Dictionary(plugins.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.declarations = declarations
        let base = entities.first { $0.variantKey != nil }?.record ?? RecordSchema(fields: [])
        variants = declarations.mapValues { $0.variant(of: base) }
        childrenByParent = Self.children(entities)
    }

    package func entity(_ name: String) -> EntitySchema? {
        places[name].map { entities[$0] }
    }

    /// The foreign keys that refer to an entity, in dependency order.
    package func children(of parent: String) -> [Child] {
        childrenByParent[parent] ?? []
    }

    /// The declaration of an enabled plugin.
    package func plugin(_ name: String) -> PluginDeclaration? {
        declarations[name]
    }

    /// The record of the rows of a plugin: the plugins entity with the plugin's own `config` and limits.
    package func pluginRecord(_ name: String) -> RecordSchema? {
        variants[name]
    }

    private static func inDependencyOrder(_ entities: [EntitySchema]) -> [EntitySchema] {
        var ordered: [EntitySchema] = []
        var seen: Set<String> = []
        func visit(_ entity: EntitySchema) {
            guard seen.insert(entity.name).inserted else { return }
            for (_, key) in entity.foreignFields {
                if let parent = entities.first(where: { $0.name == key.entity }) { visit(parent) }
            }
            ordered.append(entity)
        }
        for entity in entities { visit(entity) }
        return ordered
    }

    private static func children(_ entities: [EntitySchema]) -> [String: [Child]] {
        var children: [String: [Child]] = [:]
        for entity in entities {
            for (field, key) in entity.foreignFields {
                children[key.entity, default: []].append(
                    Child(entity: entity, field: field.name, onDelete: key.onDelete))
            }
        }
        return children
    }
}

extension PluginDeclaration {
    /// The plugins entity's record as this plugin narrows it.
    fileprivate func variant(of base: RecordSchema) -> RecordSchema {
        var record = base
        record.fields = base.fields.map(narrowed)
        record.checks += checks
        return record
    }

    private func narrowed(_ field: FieldSpec) -> FieldSpec {
        if let scope = Scope(rawValue: field.name) {
            return scopes.contains(scope) ? field : field.adding([.mustBeNull])
        }
        switch field.name {
        case "config":
            var spec = field
            spec.kind = .record(config)
            return spec
        case "protocols":
            // Whoever sees HTTP sees gRPC, which Kong's plugins of this version do not name.
            let others: [JSON] = ["grpc", "grpcs"]
            return protocols.map { field.adding([.each(.oneOf($0.map(\.json), beside: others))]) } ?? field
        case "run_on":
            var spec = field.adding([.oneOf(runOn.map(\.json))])
            spec.defaultValue = .string(defaultRunOn)
            return spec
        default: return field
        }
    }
}
