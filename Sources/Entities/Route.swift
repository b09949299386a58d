// Routes: which requests and connections go to which service.

import Schema

package struct Route: Entity {
    package var id = ""
    package var createdAt = 0
    package var updatedAt = 0
    package var name: String?
    package var protocols: DistinctList<RouteProtocol> = [.http, .https]
    package var methods: DistinctList<String>?
    package var hosts: [String]?
    package var paths: [String]?
    package var regexPriority = 0
    package var stripPath = true
    package var preserveHost = false
    package var snis: DistinctList<String>?
    package var sources: DistinctList<RouteAddress>?
    package var destinations: DistinctList<RouteAddress>?
    package var tags: DistinctList<String>?
    package var service: Reference?

    package init() {}

    package static let name = "routes"
    package static let endpointKey: String? = "name"

    package static let fields: [Field<Route>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        .updatedAt(\.updatedAt),
        Field("name", \.name, .name, doc: "A unique name."),
        Field("protocols", \.protocols, .defaulted, .lengthAtLeast(1), doc: "The protocols it takes."),
        Field("methods", \.methods, .each(.httpMethod), doc: "HTTP methods."),
        Field("hosts", \.hosts, .each(.text(wildcardHostError)), doc: "Host names; `*.` in front or `.*` at the end."),
        Field("paths", \.paths, .each(.pathOrPattern), doc: "Prefixes of paths, or PCRE patterns."),
        Field(
            "regex_priority", \.regexPriority, priority, doc: "The order among patterns; higher ones are tried first."),
        Field("strip_path", \.stripPath, doc: "Take the matched prefix off the path."),
        Field("preserve_host", \.preserveHost, doc: "Send the client's Host header to the upstream."),
        Field("snis", \.snis, .each(.sni), doc: "TLS server names, for tcp and tls."),
        Field("sources", \.sources, doc: "Client addresses, for tcp and tls."),
        Field("destinations", \.destinations, doc: "Addresses connected to, for tcp and tls."),
        .tags(\.tags),
        Field("service", \.service, .references("services"), doc: "Where the requests go."),
    ]

    package static let checks: [EntityCheck] =
        [
            mustSet(["methods", "hosts", "paths"], for: "http", "https"),
            mustSet(["sources", "destinations", "snis"], for: "tcp", "tls"),
            mustSet(["hosts", "paths"], for: "grpc", "grpcs"), cannotSet("methods", for: "grpc", "grpcs"),
        ]
        + ["hosts", "paths", "methods"].map { cannotSet($0, for: "tcp", "tls") }
        + ["snis", "destinations", "sources"].map { cannotSet($0, for: "http", "https") }

    /// What a number of JSON keeps exactly.
    private static let priority = Trait.between(-9_007_199_254_740_992, 9_007_199_254_740_992)

    /// Holds only when all protocols of the route are among the two; mixed routes are not checked.
    private static func mustSet(_ choices: [String], for one: String, _ other: String) -> EntityCheck {
        let list = choices.map { "'\($0)'" }.joined(separator: ", ")
        return .conditionalAtLeastOneOf(
            if: "protocols", .each(.oneOf([one.json, other.json])), then: choices,
            error: "must set one of \(list) when 'protocols' is '\(one)' or '\(other)'")
    }

    private static func cannotSet(_ field: String, for one: String, _ other: String) -> EntityCheck {
        .conditional(
            if: "protocols", .each(.oneOf([one.json, other.json])), then: field, .lengthEquals(0),
            error: "cannot set '\(field)' when 'protocols' is '\(one)' or '\(other)'")
    }

    /// A host in which the first or the last label may be "*".
    private static func wildcardHostError(_ text: String) -> String? {
        let stars = text.utf8.count { $0 == UInt8(ascii: "*") }
        if stars > 1 { return "invalid wildcard: must have at most one wildcard" }
        if stars == 1, !text.hasPrefix("*."), !text.hasSuffix(".*") {
            return "invalid wildcard: must be placed at leftmost or rightmost label"
        }
        let plain = text.split(separator: "*", omittingEmptySubsequences: false).joined(separator: "abc")
        guard let address = HostAddress(plain) else { return "invalid value: \(text)" }
        return address.port == nil ? nil : "must not have a port"
    }
}

/// An address or network, a port, or both.
package struct RouteAddress: Declared, Hashable {
    package var ip: String?
    package var port: Int?

    package init() {}

    package static let fields: [Field<RouteAddress>] = [
        Field("ip", \.ip, .cidr, doc: "An IPv4 address or network."),
        Field("port", \.port, .port, doc: "A port."),
    ]

    package static let checks: [EntityCheck] = [.atLeastOneOf(["ip", "port"])]
}
