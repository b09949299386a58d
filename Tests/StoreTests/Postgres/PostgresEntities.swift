// Kong's entities as far as the tests of its tables need them: each kind of column, key and reference once.

import Schema

enum Kong {
    static let catalog = Catalog(
        core: [
            Service.entitySchema, Route.entitySchema, Consumer.entitySchema, Plugin.entitySchema, Key.entitySchema,
            Group.entitySchema, Certificate.entitySchema, ServerName.entitySchema, Upstream.entitySchema,
            Target.entitySchema, Grant.entitySchema,
        ], plugins: [])

    struct Service: Entity {
        static let name = "services"
        static let endpointKey: String? = "name"
        var id = ""
        var createdAt = 0
        var name: String?
        var port = 80
        var tags: DistinctList<String>?
        static let fields: [Field<Service>] = [
            .id(\.id), .createdAt(\.createdAt), Field("name", \.name, .unique), Field("port", \.port), .tags(\.tags),
        ]
    }

    struct Address: Declared {
        var ip: String?
        var port: Int?
        static let fields: [Field<Address>] = [Field("ip", \.ip), Field("port", \.port)]
    }

    struct Route: Entity {
        static let name = "routes"
        static let endpointKey: String? = "name"
        var id = ""
        var name: String?
        var paths: [String]?
        var stripPath = true
        var sources: [Address]?
        var service: Reference?
        static let fields: [Field<Route>] = [
            .id(\.id), Field("name", \.name, .unique), Field("paths", \.paths), Field("strip_path", \.stripPath),
            Field("sources", \.sources), Field("service", \.service, .references("services")),
        ]
    }

    struct Consumer: Entity {
        static let name = "consumers"
        var id = ""
        var username: String?
        static let fields: [Field<Consumer>] = [.id(\.id), Field("username", \.username, .unique)]
    }

    struct Plugin: Entity {
        static let name = "plugins"
        static let cacheKey = ["name", "route", "service", "consumer"]
        static let uniqueTogether = [cacheKey]
        var id = ""
        var name = ""
        var route: Reference?
        var service: Reference?
        var consumer: Reference?
        var config = VariantRecord()
        var enabled = true
        static let fields: [Field<Plugin>] = [
            .id(\.id), Field("name", \.name),
            Field("route", \.route, .references("routes", onDelete: .cascade)),
            Field("service", \.service, .references("services", onDelete: .cascade)),
            Field("consumer", \.consumer, .references("consumers", onDelete: .cascade)), Field("config", \.config),
            Field("enabled", \.enabled),
        ]
    }

    struct Key: Entity {
        static let name = "keyauth_credentials"
        static let cacheKey = ["key"]
        var id = ""
        var key: String?
        var consumer: Reference?
        static let fields: [Field<Key>] = [
            .id(\.id), Field("key", \.key, .unique),
            Field("consumer", \.consumer, .references("consumers", onDelete: .cascade)),
        ]
    }

    struct Group: Entity {
        static let name = "acls"
        static let cacheKey = ["consumer", "group"]
        static let uniqueTogether = [cacheKey]
        var id = ""
        var consumer: Reference?
        var group: String?
        static let fields: [Field<Group>] = [
            .id(\.id), Field("consumer", \.consumer, .references("consumers", onDelete: .cascade)),
            Field("group", \.group),
        ]
    }

    struct Certificate: Entity {
        static let name = "certificates"
        var id = ""
        var cert: String?
        static let fields: [Field<Certificate>] = [.id(\.id), Field("cert", \.cert)]
    }

    struct ServerName: Entity {
        static let name = "snis"
        static let cacheKey = ["name"]
        var id = ""
        var name: String?
        var certificate: Reference?
        static let fields: [Field<ServerName>] = [
            .id(\.id), Field("name", \.name, .unique),
            Field("certificate", \.certificate, .references("certificates")),
        ]
    }

    struct Upstream: Entity {
        static let name = "upstreams"
        var id = ""
        var name: String?
        var slots = 100
        static let fields: [Field<Upstream>] = [.id(\.id), Field("name", \.name, .unique), Field("slots", \.slots)]
    }

    struct Target: Entity {
        static let name = "targets"
        var id = ""
        var createdAt = 0.0
        var upstream: Reference?
        var target = ""
        var weight = 100
        static let fields: [Field<Target>] = [
            .id(\.id), .createdAt(\.createdAt),
            Field("upstream", \.upstream, .references("upstreams", onDelete: .cascade)), Field("target", \.target),
            Field("weight", \.weight),
        ]
    }

    struct Grant: Entity {
        static let name = "oauth2_tokens"
        static let cacheKey = ["access_token"]
        static let hasTTL = true
        var id = ""
        var accessToken: String?
        static let fields: [Field<Grant>] = [.id(\.id), Field("access_token", \.accessToken, .unique)]
    }
}
