// What the configuration side knows of a plugin: its settings, where it may be placed and what it brings. Its
// behaviour is declared with it in one file (see PluginKit), but nothing here depends on that.

/// The declaration of a plugin.
package struct PluginDeclaration: Sendable {
    /// What a plugin can be limited to.
    package enum Scope: String, Sendable, CaseIterable {
        case consumer, route, service
    }

    package let name: String
    package let version: String
    /// Higher ones run first; pre-function has infinity.
    package let priority: Double
    package let config: RecordSchema
    package let entities: [EntitySchema]
    /// The scopes it may have; in the others "value must be null".
    package let scopes: Set<Scope>
    /// The protocols it can be limited to; nil for all.
    package let protocols: [String]?
    /// The values `run_on` may have; the first is the default unless `defaultRunOn` says otherwise.
    package let runOn: [String]
    package let defaultRunOn: String
    /// Checks of the plugin row as a whole, with paths like "config.policy".
    package let checks: [EntityCheck]

    package init(
        name: String, version: String, priority: Double, config: RecordSchema,
        entities: [EntitySchema] = [], scopes: Set<Scope> = Set(Scope.allCases),
        protocols: [String]? = ["http", "https"], runOn: [String] = ["first"], defaultRunOn: String? = nil,
        checks: [EntityCheck] = []
    ) {
        self.name = name
        self.version = version
        self.priority = priority
        self.config = config
        self.entities = entities
        self.scopes = scopes
        self.protocols = protocols
        self.runOn = runOn
        self.defaultRunOn = defaultRunOn ?? runOn.first ?? "first"
        self.checks = checks
    }
}
