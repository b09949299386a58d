// The configured plugins by what they are for, and the chains made of them by Kong's precedence.

import DataPlane
import PluginKit
import Schema

/// What one plugin configuration is for; nil where it is not limited.
struct PluginScope: Hashable, Sendable {
    var route: String?
    var service: String?
    var consumer: String?
}

/// A plugin configuration, compiled.
struct PluginEntry: Sendable {
    let scope: PluginScope
    let instance: PluginInstance
}

/// All plugin configurations of a snapshot.
struct PluginIndex {
    /// By plugin name, then by scope.
    private var byName: [String: [PluginScope: PluginInstance]] = [:]
    /// The consumers that a plugin is configured for, by its name.
    private var consumers: [String: Set<String>] = [:]
    /// Names in the order in which they run: descending priority, equal ones by name so that every node agrees.
    private let order: [String]
    private let routesWithOwn: Set<String>
    private let servicesWithOwn: Set<String>
    private var chains: [PluginScope: Chain] = [:]

    init(_ entries: some Sequence<PluginEntry>) {
        var routes: Set<String> = []
        var services: Set<String> = []
        for entry in entries {
            byName[entry.instance.name, default: [:]][entry.scope] = entry.instance
            if let route = entry.scope.route { routes.insert(route) }
            if let service = entry.scope.service { services.insert(service) }
            if let consumer = entry.scope.consumer { consumers[entry.instance.name, default: []].insert(consumer) }
        }
        routesWithOwn = routes
        servicesWithOwn = services
        let priorities = byName.compactMapValues { $0.values.first?.priority }
        order = priorities.keys.sorted { left, right in
            let (first, second) = (priorities[left] ?? 0, priorities[right] ?? 0)
            return first == second ? left < right : first > second
        }
    }

    /// The plugins for requests that no route matched: the global ones.
    mutating func globalChain() -> Chain {
        chain(route: nil, service: nil)
    }

    /// The chain of a route and its service. Routes without plugins of their own share one.
    mutating func chain(route: String?, service: String?) -> Chain {
        let key = PluginScope(
            route: route.flatMap { routesWithOwn.contains($0) ? $0 : nil },
            service: service.flatMap { servicesWithOwn.contains($0) ? $0 : nil })
        if let known = chains[key] { return known }
        let slots = order.compactMap { slot($0, key.route, key.service) }
        let made = slots.isEmpty ? Chain.empty : Chain(slots)
        chains[key] = made
        return made
    }

    private func slot(_ name: String, _ route: String?, _ service: String?) -> Chain.Slot? {
        let configured = byName[name] ?? [:]
        let base = Self.first(configured, Self.scopes(route, service, consumer: nil))
        var byConsumer: [[UInt8]: PluginInstance] = [:]
        for consumer in consumers[name] ?? [] {
            let own = Self.first(configured, Self.scopes(route, service, consumer: consumer))
            if let own, own !== base { byConsumer[Array(consumer.utf8)] = own }
        }
        return base == nil && byConsumer.isEmpty ? nil : Chain.Slot(base: base, byConsumer: byConsumer)
    }

    private static func first(
        _ configured: [PluginScope: PluginInstance], _ scopes: [PluginScope]
    ) -> PluginInstance? {
        for scope in scopes {
            if let instance = configured[scope] { return instance }
        }
        return nil
    }

    /// Kong's order of precedence (proxy.md section 10).
    private static func scopes(_ route: String?, _ service: String?, consumer: String?) -> [PluginScope] {
        var scopes: [PluginScope] = []
        if let consumer {
            if let route, let service { scopes.append(.init(route: route, service: service, consumer: consumer)) }
            if let route { scopes.append(.init(route: route, consumer: consumer)) }
            if let service { scopes.append(.init(service: service, consumer: consumer)) }
        }
        if let route, let service { scopes.append(.init(route: route, service: service)) }
        if let consumer { scopes.append(.init(consumer: consumer)) }
        if let route { scopes.append(.init(route: route)) }
        if let service { scopes.append(.init(service: service)) }
        scopes.append(.init())
        return scopes
    }
}
