// All paths of the Admin API in one table: the derived ones first, then what is special.

import Schema
import Store

enum AdminRoutes {
    static func table(_ context: AdminContext, load: @escaping @Sendable (Dataset) async -> Void) -> RouteTable {
        var routes = RouteTable()
        let collections = context.catalog.entities.filter { $0.access == .full }.map {
            EntityCollection(context: context, schema: $0)
        }
        for collection in collections {
            CollectionEndpoints(collection: collection).add(to: &routes)
        }
        for collection in collections {
            addOverrides(of: collection, to: &routes)
        }
        TagEndpoints(context: context).add(to: &routes)
        CredentialEndpoints.add(to: &routes, context)
        NodeEndpoints(context: context).add(to: &routes)
        if context.catalog.plugin("prometheus") != nil { MetricsEndpoint(context: context).add(to: &routes) }
        if context.catalog.plugin("kubernetes-sidecar-injector") != nil {
            SidecarEndpoint(context: context).add(to: &routes)
        }
        if context.node.isDatabaseLess {
            ConfigEndpoint(context: context, load: load).add(to: &routes)
        }
        return routes
    }

    private static func addOverrides(of collection: EntityCollection, to routes: inout RouteTable) {
        switch collection.name {
        case "consumers": ConsumerEndpoints(consumers: collection).add(to: &routes)
        case "plugins": PluginEndpoints(plugins: collection).add(to: &routes)
        case "certificates": CertificateEndpoints(certificates: collection)?.add(to: &routes)
        case "targets": TargetEndpoints(targets: collection)?.add(to: &routes)
        default: break
        }
    }
}
