// Services: the upstream applications. Routes lead to them.

import Schema

package struct Service: Entity {
    package var id = ""
    package var createdAt = 0
    package var updatedAt = 0
    package var name: String?
    package var retries = 5
    package var proto = RouteProtocol.http
    package var host = ""
    package var port = 80
    package var path: String?
    /// Milliseconds, as the two below.
    package var connectTimeout = 60000
    package var writeTimeout = 60000
    package var readTimeout = 60000
    package var tags: DistinctList<String>?

    package init() {}

    package static let name = "services"
    package static let endpointKey: String? = "name"

    package static let fields: [Field<Service>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        .updatedAt(\.updatedAt),
        Field("name", \.name, .name, doc: "A unique name."),
        Field("retries", \.retries, .between(0, 32767), doc: "How often to try again when a connection fails."),
        Field("protocol", \.proto, .defaulted, doc: "The protocol spoken to the upstream."),
        Field("host", \.host, .required, .host, doc: "The host of the upstream, or the name of an upstream entity."),
        Field("port", \.port, .defaulted, .port, doc: "The port of the upstream."),
        Field("path", \.path, .path, doc: "A path put before that of every request."),
        Field("connect_timeout", \.connectTimeout, timeout, doc: "Milliseconds to wait for a connection."),
        Field("write_timeout", \.writeTimeout, timeout, doc: "Milliseconds between two writes to the upstream."),
        Field("read_timeout", \.readTimeout, timeout, doc: "Milliseconds between two reads from the upstream."),
        .tags(\.tags),
    ]

    package static let checks: [EntityCheck] = [
        .conditional(if: "protocol", .oneOf(["tcp", "tls"]), then: "path", .mustBeNull)
    ]

    package static let shorthands = [Shorthand("url", expand: members)]

    private static let timeout = Trait.between(1, 2_147_483_646)

    /// What a `url` stands for. Parts it does not have are left alone: a PATCH keeps the stored path.
    private static func members(ofURL value: JSON) -> JSONObject {
        guard let url = URLParts(text(ofURL: value)) else { return [:] }
        var members = JSONObject()
        if let scheme = url.scheme { members["protocol"] = .string(scheme) }
        if let host = url.host { members["host"] = .string(host) }
        if let port = url.port ?? defaultPorts[url.scheme ?? ""] { members["port"] = port.json }
        if let path = url.path { members["path"] = .string(path) }
        return members
    }

    /// Kong reads whatever it is given as text: "true" and 1 are paths, and null and tables ("userdata: NULL",
    /// "table: 0x...") have a scheme that is no protocol. So each is refused for what is wrong with its parts.
    private static func text(ofURL value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .number(let number): number.luaText
        case .bool(let flag): flag ? "true" : "false"
        case .null: "userdata: NULL"
        case .array, .object: "table: 0x"
        }
    }

    private static let defaultPorts = ["http": 80, "https": 443, "grpc": 80, "grpcs": 443]
}
