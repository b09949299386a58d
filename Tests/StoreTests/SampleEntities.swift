// Small entities with every trait a store cares about: references of each kind, composite keys, tags, expiry, a
// primary key that is no UUID. The tests use them instead of the real ones, so that they say what they are about.

import Schema

struct Service: Entity {
    static let name = "services"
    static let endpointKey: String? = "name"
    var id = ""
    var name: String?
    var port = 80
    var tags: DistinctList<String>?
    static let fields: [Field<Service>] = [
        .id(\.id), Field("name", \.name, .unique), Field("port", \.port), .tags(\.tags),
    ]
}

struct Route: Entity {
    static let name = "routes"
    var id = ""
    var paths: [String]?
    var stripPath = true
    var createdAt = 0.0
    var service: Reference?
    var tags: DistinctList<String>?
    static let fields: [Field<Route>] = [
        .id(\.id), Field("paths", \.paths), Field("strip_path", \.stripPath), .createdAt(\.createdAt),
        Field("service", \.service, .references("services")), .tags(\.tags),
    ]
}

struct Plugin: Entity {
    static let name = "plugins"
    static let cacheKey = ["name", "route", "service"]
    static let uniqueTogether = [["name", "route", "service"]]
    var id = ""
    var name = ""
    var route: Reference?
    var service: Reference?
    var config = VariantRecord()
    static let fields: [Field<Plugin>] = [
        .id(\.id), Field("name", \.name),
        Field("route", \.route, .references("routes", onDelete: .cascade)),
        Field("service", \.service, .references("services", onDelete: .cascade)),
        Field("config", \.config),
    ]
}

/// Loses its reference when the service goes.
struct Note: Entity {
    static let name = "notes"
    var id = ""
    var group: String?
    var service: Reference?
    static let fields: [Field<Note>] = [
        .id(\.id), Field("group", \.group), Field("service", \.service, .references("services", onDelete: .null)),
    ]
}

struct Token: Entity {
    static let name = "tokens"
    static let hasTTL = true
    var id = ""
    var code: String?
    static let fields: [Field<Token>] = [.id(\.id), Field("code", \.code, .unique)]
}

struct Authority: Entity {
    static let name = "cluster_ca"
    static let access = EntityAccess.hidden
    var pk = true
    var cert = ""
    static let fields: [Field<Authority>] = [Field("pk", \.pk, .primaryKey), Field("cert", \.cert)]
}

/// A later version of `Service`: three fields more, one of them with a default and one unique.
struct GrownService: Entity {
    static let name = "services"
    var id = ""
    var name: String?
    var port = 80
    var alias: String?
    var retries = 5
    var greeting = "it's"
    static let fields: [Field<GrownService>] = [
        .id(\.id), Field("name", \.name, .unique), Field("port", \.port), Field("alias", \.alias, .unique),
        Field("retries", \.retries), Field("greeting", \.greeting),
    ]
}
