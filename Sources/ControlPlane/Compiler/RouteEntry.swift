// A stored route in the forms that compiling needs, made once per version of its row.

import DataPlane
import Entities
import PluginKit
import Schema

/// A route as the compiler keeps it between two snapshots.
struct RouteEntry: Sendable {
    let id: String
    let serviceID: String?
    let info: RouteInfo
    let rule: RouteRule
    let stripPath: Bool
    let preserveHost: Bool
    let requiresTLS: Bool
    let isGRPC: Bool

    /// Nil for a route that takes nothing that HTTP carries: it belongs to the stream listeners.
    init?(_ row: Row) {
        let route = Route(row: row)
        let protocols = Array(route.protocols)
        guard protocols.contains(where: \.isHTTP) else { return nil }
        id = route.id
        serviceID = route.service?.id
        info = RouteInfo(id: Array(route.id.utf8), name: route.name.map { Array($0.utf8) }, row: row)
        rule = RouteRule(
            hosts: route.hosts ?? [], paths: route.paths ?? [], methods: Array(route.methods ?? []),
            snis: Array(route.snis ?? []), regexPriority: route.regexPriority, createdAt: route.createdAt, id: route.id)
        isGRPC = protocols.allSatisfy(\.isGRPC)
        // A gRPC path is the name of a method.
        stripPath = route.stripPath && !isGRPC
        preserveHost = route.preserveHost
        requiresTLS = !protocols.contains(.http) && !protocols.contains(.grpc)
    }
}

extension ServicePlan {
    /// Nil for a service that doesn't speak HTTP.
    static func compiled(_ row: Row) -> ServicePlan? {
        let service = Service(row: row)
        guard service.proto.isHTTP else { return nil }
        let name = service.name.map { Array($0.utf8) }
        return ServicePlan(
            info: ServiceInfo(id: Array(service.id.utf8), name: name, row: row), usesTLS: service.proto.isTLS,
            host: service.host, port: service.port, path: Array((service.path ?? "/").utf8),
            connectTimeoutMilliseconds: Int64(service.connectTimeout),
            writeTimeoutMilliseconds: Int64(service.writeTimeout),
            readTimeoutMilliseconds: Int64(service.readTimeout), retries: service.retries,
            speaksHTTP2: service.proto.isGRPC)
    }
}
