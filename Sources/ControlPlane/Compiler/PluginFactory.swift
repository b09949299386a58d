// Makes the running form of plugin rows.

import DataPlane
import Entities
import PluginKit
import Plugins
import Schema

/// Knows the behaviour of every plugin and what they share on this node.
struct PluginFactory: Sendable {
    private let types: [String: any PluginKit.Plugin.Type]
    private let node: NodeState
    private let kinds: [String: CredentialKind]
    private let tables: [Lookup: LookupTable]
    private let warn: @Sendable (String) -> Void

    init(
        _ types: [any PluginKit.Plugin.Type], credentialEntities: [String], lookups: [Lookup], node: NodeState,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.types = Dictionary(types.map { ($0.declaration.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.node = node
        self.warn = warn
        kinds = Dictionary(
            credentialEntities.enumerated().map { ($1, CredentialKind(index: $0)) },
            uniquingKeysWith: { first, _ in first })
        tables = Dictionary(
            lookups.enumerated().map { ($1, LookupTable(index: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nil for a configuration that takes no part in requests: disabled, for the second hop of a mesh only, or of a
    /// plugin that this node does not have.
    func entry(_ row: Row) -> PluginEntry? {
        let plugin = Entities.Plugin(row: row)
        guard plugin.enabled, plugin.runOn != .second else { return nil }
        let scope = PluginScope(route: plugin.route?.id, service: plugin.service?.id, consumer: plugin.consumer?.id)
        return instance(plugin, scope).map { PluginEntry(scope: scope, instance: $0) }
    }

    private func instance(_ plugin: Entities.Plugin, _ scope: PluginScope) -> PluginInstance? {
        if let type = types[plugin.name] {
            let setup = Setup(
                routeID: scope.route, serviceID: scope.service, consumerID: scope.consumer, node: node, kinds: kinds,
                tables: tables, compile: { SearchPattern($0) })
            return Self.make(type, plugin.config.row, setup)
        }
        // Written by another node of the cluster that has it.
        warn("plugin '\(plugin.name)' is configured and not one of this node's")
        return nil
    }

    private static func make<P: PluginKit.Plugin>(_ type: P.Type, _ config: Row, _ setup: Setup) -> PluginInstance {
        PluginInstance(type, config: config, setup: setup)
    }
}
