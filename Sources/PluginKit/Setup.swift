// What a plugin gets when it is made: which entities its configuration is for, and what the node shares.

/// The surroundings of a plugin configuration.
package struct Setup: Sendable {
    /// The ids of the entities the configuration is for; nil where it is not scoped.
    package let routeID: String?
    package let serviceID: String?
    package let consumerID: String?
    /// What all configurations on this node share.
    package let node: NodeState
    private let kinds: [String: CredentialKind]
    private let tables: [Lookup: LookupTable]
    private let compile: PatternCompiler

    package init(
        routeID: String?, serviceID: String?, consumerID: String?, node: NodeState, kinds: [String: CredentialKind],
        tables: [Lookup: LookupTable] = [:], compile: @escaping PatternCompiler = { _ in nil }
    ) {
        self.routeID = routeID
        self.serviceID = serviceID
        self.consumerID = consumerID
        self.node = node
        self.kinds = kinds
        self.tables = tables
        self.compile = compile
    }

    /// The table of an entity's rows by their cache key, e.g. `keyauth_credentials` by `key`; nil if there is none.
    package func credentials(_ entity: String) -> CredentialKind? {
        kinds[entity]
    }

    /// The table of one of the plugin's lookups.
    package func table(_ lookup: Lookup) -> LookupTable? {
        tables[lookup]
    }

    /// A pattern to search texts for; nil when it does not compile.
    package func pattern(_ pattern: String) -> (any TextPattern)? {
        compile(pattern)
    }
}
