// Plugin rows: which plugin runs where, with what configuration. The schema of `config` comes from the plugin's own
// declaration, which the catalog finds by the row's `name`.

import Schema

package struct Plugin: Entity {
    package var id = ""
    package var name = ""
    package var createdAt = 0
    package var route: Reference?
    package var service: Reference?
    package var consumer: Reference?
    package var config = VariantRecord()
    package var runOn = RunOn.first
    package var protocols: DistinctList<RouteProtocol> = [.http, .https]
    package var enabled = true
    package var tags: DistinctList<String>?

    package init() {}

    package static let name = "plugins"
    package static let cacheKey = ["name", "route", "service", "consumer"]
    package static let uniqueTogether = [["name", "route", "service", "consumer"]]

    package static let fields: [Field<Plugin>] = [
        .id(\.id),
        Field("name", \.name, .required, doc: "The plugin that runs."),
        .createdAt(\.createdAt),
        Field("route", \.route, .references("routes", onDelete: .cascade), doc: "Only requests of this route."),
        Field("service", \.service, .references("services", onDelete: .cascade), doc: "Only requests to this service."),
        Field("consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "Only this consumer."),
        Field("config", \.config, doc: "The plugin's settings."),
        Field("run_on", \.runOn, .defaulted, doc: "Where it runs when two nodes form a mesh."),
        Field("protocols", \.protocols, .defaulted, doc: "Only requests by these protocols."),
        Field("enabled", \.enabled, .defaulted, doc: "Whether it runs at all."),
        .tags(\.tags),
    ]
}

package enum RunOn: String, Choice {
    case first, second, all
}
