// The stored routes and services for streams as the compiler keeps them, and the snapshot's part that is made of them.

import DataPlane
import Entities
import PluginKit
import Schema
import Store

struct StreamIndex {
    private struct Entry {
        let info: RouteInfo
        let rule: RouteRule
        let serviceID: String?
        let terminatesTLS: Bool
    }

    private var routes: [String: Entry] = [:]
    private var services: [String: ServicePlan] = [:]
    private var compiled = StreamRoutes()

    mutating func load(_ dataset: Dataset) {
        routes = [:]
        services = [:]
        for row in dataset.rows(of: Route.name) { setRoute(row["id"]?.string ?? "", row) }
        for row in dataset.rows(of: Service.name) { setService(row["id"]?.string ?? "", row) }
    }

    mutating func setRoute(_ id: String, _ row: Row?) {
        routes[id] = row.flatMap { Self.entry($0) }
    }

    mutating func setService(_ id: String, _ row: Row?) {
        services[id] = row.flatMap { ServicePlan.streaming($0) }
    }

    /// Nil for a route that takes neither tcp nor tls.
    private static func entry(_ row: Row) -> Entry? {
        // Asked before the row is decoded: few routes are for streams.
        guard row["protocols"]?.array?.contains(where: \.isStreamProtocol) == true else { return nil }
        let route = Route(row: row)
        let protocols = Array(route.protocols)
        let rule = RouteRule(
            snis: Array(route.snis ?? []).map { $0.lowercased() }, sources: rules(route.sources),
            destinations: rules(route.destinations), createdAt: route.createdAt, id: route.id)
        return Entry(
            info: RouteInfo(id: Array(route.id.utf8), name: route.name.map { Array($0.utf8) }, row: row), rule: rule,
            serviceID: route.service?.id, terminatesTLS: protocols.contains(.tls))
    }

    private static func rules(_ addresses: DistinctList<RouteAddress>?) -> [AddressRule] {
        (addresses.map { Array($0) } ?? []).map { AddressRule(ip: $0.ip, port: $0.port) }
    }

    /// Makes the snapshot's part anew, with services linked to their upstreams.
    mutating func compile(_ plugins: some Sequence<PluginEntry>, link: (ServicePlan) -> ServicePlan) -> StreamRoutes {
        guard !routes.isEmpty else {
            compiled = StreamRoutes()
            return compiled
        }
        services = services.mapValues(link)
        let guards = Self.guards(plugins)
        let order = routes.values.sorted { ($0.rule.createdAt, $0.rule.id) < ($1.rule.createdAt, $1.rule.id) }
        compiled = StreamRoutes(
            order.map { entry in
                let plugin = guards.routes[entry.rule.id] ?? entry.serviceID.flatMap { guards.services[$0] }
                let plan = StreamPlan(
                    route: entry.info, service: entry.serviceID.flatMap { services[$0] },
                    terminatesTLS: entry.terminatesTLS, guardingPlugin: plugin)
                return (entry.rule, plan)
            })
        return compiled
    }

    /// What was compiled last.
    var current: StreamRoutes { compiled }

    /// Plugins that look at requests before they go on, by the one route or service that they are for. Those for
    /// everything are for requests only, as in Kong.
    private static func guards(
        _ plugins: some Sequence<PluginEntry>
    ) -> (routes: [String: String], services: [String: String]) {
        var (routes, services): ([String: String], [String: String]) = ([:], [:])
        for entry in plugins where entry.instance.isGuard {
            if let route = entry.scope.route {
                routes[route] = entry.instance.name
            } else if let service = entry.scope.service {
                services[service] = entry.instance.name
            }
        }
        return (routes, services)
    }
}

extension JSON {
    /// Whether the value is the name of a protocol that is not HTTP.
    fileprivate var isStreamProtocol: Bool {
        RouteProtocol(json: self).map { !$0.isHTTP } ?? false
    }
}

extension ServicePlan {
    /// Nil for a service that speaks HTTP.
    fileprivate static func streaming(_ row: Row) -> ServicePlan? {
        guard row["protocol"]?.isStreamProtocol == true else { return nil }
        let service = Service(row: row)
        let name = service.name.map { Array($0.utf8) }
        return ServicePlan(
            info: ServiceInfo(id: Array(service.id.utf8), name: name, row: row), usesTLS: service.proto.isTLS,
            host: service.host, port: service.port, path: [],
            connectTimeoutMilliseconds: Int64(service.connectTimeout),
            writeTimeoutMilliseconds: Int64(service.writeTimeout),
            readTimeoutMilliseconds: Int64(service.readTimeout), retries: service.retries)
    }
}
