// The migrations of Kong 1.1.2 by their names: data, to which only ever something is appended. They do not depend on
// which plugins this program has behaviour for: a database belongs to all nodes that share it.

/// One step of a subsystem.
///
/// Every statement can be run on tables that have been through it, and on those of a later version: `up --force` does
/// that, and so does a database whose record of steps is not whole.
package struct PostgresMigration: Sendable {
    package let name: String
    let up: String
    /// What is done once no node of the version before runs any more; nil when the step is complete without.
    let teardown: String?

    package var hasTeardown: Bool { teardown != nil }

    init(_ name: String, up: String = "", teardown: String? = nil) {
        self.name = name
        self.up = up
        self.teardown = teardown
    }
}

/// The migrations of the core or of a plugin, in their order.
package struct MigrationSubsystem: Sendable {
    /// "core" or the name of the plugin.
    package let name: String
    package let migrations: [PostgresMigration]

    /// The core first, then the plugins that have tables.
    package static let all: [MigrationSubsystem] = [
        core, acl, basicAuth, hmacAuth, jwt, keyAuth, oauth2, rateLimiting, responseRateLimiting,
    ]

    /// Those that a node with these plugins looks after.
    package static func enabled(_ plugins: Set<String>) -> [MigrationSubsystem] {
        all.filter { $0.name == "core" || plugins.contains($0.name) }
    }
}
