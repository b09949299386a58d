// Turns the stored rows into what the data plane serves from. It keeps the compiled form of every row, so that a change
// costs what it concerns: a new key touches one shard of a table, a new plugin the chains, a new route the router.

import DataPlane
import PluginKit
import Plugins
import Schema
import Store

/// Compiles snapshots, one after the other. Used by one task at a time.
struct SnapshotCompiler {
    private let factory: PluginFactory
    /// Entities whose rows are credentials, in the order of their tables.
    private let credentialEntities: [EntitySchema]
    /// What the plugins look things up in, in the order of the tables.
    private let lookups: [Lookup]
    private var routes: [String: RouteEntry] = [:]
    private var services: [String: ServicePlan] = [:]
    private var plugins: [String: PluginEntry] = [:]
    private var upstreams: UpstreamIndex
    private var certificates: CertificateIndex
    private var streams = StreamIndex()
    private var directory = Directory()
    private var pending = Pending()
    private var compiled = Compiled()
    private var version: UInt64 = 0

    /// What must be made anew.
    private struct Pending {
        var router = true
        var plans = true
        var chains = true
    }

    private struct Compiled {
        var router = Router([])
        var order: [RouteEntry] = []
        var plans: [RoutePlan] = []
        var index = PluginIndex([])
        var globalChain = Chain.empty
    }

    init(
        catalog: Catalog, node: NodeState, upstreams: Upstreams, tls: TLSPolicy,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.upstreams = UpstreamIndex(upstreams)
        certificates = CertificateIndex(tls, warn: warn)
        credentialEntities = Self.credentialEntities(catalog)
        lookups = Builtins.all.flatMap { $0.lookups }
        factory = PluginFactory(
            Builtins.all, credentialEntities: credentialEntities.map(\.name), lookups: lookups, node: node, warn: warn)
        directory.credentials = credentialEntities.map { _ in ShardedTable() }
        directory.lookups = lookups.map { _ in ShardedTable() }
    }

    /// Entities whose rows are credentials, in the order of their tables in a snapshot's directory.
    static func credentialEntities(_ catalog: Catalog) -> [EntitySchema] {
        catalog.plugins.flatMap(\.entities).filter { $0.cacheKey.count == 1 && $0.field("consumer") != nil }
    }

    /// Takes everything over from a data set.
    mutating func load(_ dataset: Dataset) {
        routes = Self.byID(dataset.rows(of: "routes")) { RouteEntry($0) }
        services = Self.byID(dataset.rows(of: "services")) { ServicePlan.compiled($0) }
        plugins = Self.byID(dataset.rows(of: "plugins")) { factory.entry($0) }
        upstreams.load(dataset)
        certificates.load(dataset)
        streams.load(dataset)
        directory.consumers = ShardedTable(dataset.rows(of: "consumers").map { ConsumerInfo.keyed($0) })
        directory.credentials = credentialEntities.map { entity in
            ShardedTable(dataset.rows(of: entity.name).compactMap { CredentialInfo.keyed($0, by: entity.cacheKey[0]) })
        }
        directory.lookups = lookups.map { ShardedTable($0, of: dataset.rows(of: $0.entity)) }
        pending = Pending()
    }

    /// Takes over one row's change.
    mutating func take(_ effect: Effect) {
        switch effect.entity {
        case "routes":
            routes[effect.id] = effect.new.flatMap { RouteEntry($0) }
            streams.setRoute(effect.id, effect.new)
            pending.router = true
        case "services":
            services[effect.id] = effect.new.flatMap { ServicePlan.compiled($0) }.map(upstreams.link)
            streams.setService(effect.id, effect.new)
            pending.plans = true
        case "plugins":
            plugins[effect.id] = effect.new.flatMap { factory.entry($0) }
            pending.chains = true
        case "upstreams", "targets":
            upstreams.take(effect)
        case "certificates", "snis":
            certificates.take(effect)
        case "consumers":
            directory.consumers.set(Array(effect.id.utf8), effect.new.map { ConsumerInfo.keyed($0).value })
        default:
            takeCredential(effect)
        }
        for (place, lookup) in lookups.enumerated() where lookup.entity == effect.entity {
            directory.lookups[place].take(effect, lookup)
        }
    }

    private mutating func takeCredential(_ effect: Effect) {
        guard let place = credentialEntities.firstIndex(where: { $0.name == effect.entity }) else { return }
        let field = credentialEntities[place].cacheKey[0]
        if let old = effect.old.flatMap({ CredentialInfo.keyed($0, by: field) }) {
            directory.credentials[place].set(old.key, nil)
        }
        if let new = effect.new.flatMap({ CredentialInfo.keyed($0, by: field) }) {
            directory.credentials[place].set(new.key, new.value)
        }
    }

    /// The snapshot of all that was taken over.
    mutating func compile() -> Snapshot {
        if upstreams.apply() {
            services = services.mapValues(upstreams.link)
            pending.plans = true
        }
        if pending.router {
            compiled.order = routes.values.sorted { ($0.rule.createdAt, $0.id) < ($1.rule.createdAt, $1.id) }
            compiled.router = Router(compiled.order.map(\.rule), reusing: compiled.router)
        }
        if pending.chains {
            compiled.index = PluginIndex(plugins.values)
            compiled.globalChain = compiled.index.globalChain()
        }
        let isChanged = pending.router || pending.chains || pending.plans
        if isChanged { compilePlans() }
        let streamRoutes = isChanged ? streams.compile(plugins.values, link: upstreams.link) : streams.current
        pending = Pending(router: false, plans: false, chains: false)
        version += 1
        return Snapshot(
            version: version, router: compiled.router, routes: compiled.plans, globalChain: compiled.globalChain,
            directory: directory, upstreams: upstreams.all, serverNames: certificates.serverNames(),
            streams: streamRoutes)
    }

    private mutating func compilePlans() {
        var index = compiled.index
        compiled.plans = compiled.order.map { entry in
            RoutePlan(
                route: entry.info, service: entry.serviceID.flatMap { services[$0] },
                chain: index.chain(route: entry.id, service: entry.serviceID), stripPath: entry.stripPath,
                preserveHost: entry.preserveHost, requiresTLS: entry.requiresTLS, isGRPC: entry.isGRPC)
        }
        compiled.index = index
    }

    private static func byID<Value>(_ rows: some Sequence<Row>, _ make: (Row) -> Value?) -> [String: Value] {
        var result: [String: Value] = [:]
        for row in rows {
            if let id = row["id"]?.string { result[id] = make(row) }
        }
        return result
    }
}

extension ConsumerInfo {
    static func keyed(_ row: Row) -> (key: [UInt8], value: ConsumerInfo) {
        let id = Array((row["id"]?.string ?? "").utf8)
        let info = ConsumerInfo(
            id: id, username: row["username"]?.string.map { Array($0.utf8) },
            customID: row["custom_id"]?.string.map { Array($0.utf8) }, row: row)
        return (id, info)
    }
}

extension CredentialInfo {
    /// Nil for a credential that belongs to nobody.
    static func keyed(_ row: Row, by field: String) -> (key: [UInt8], value: CredentialInfo)? {
        guard let key = row[field]?.string, let consumer = row["consumer"]?["id"]?.string else { return nil }
        let info = CredentialInfo(
            id: Array((row["id"]?.string ?? "").utf8), consumerID: Array(consumer.utf8),
            username: row["username"]?.string.map { Array($0.utf8) }, row: row)
        return (Array(key.utf8), info)
    }
}
