// Upstreams: virtual hosts whose requests are spread over targets.

import Schema

package struct Upstream: Entity {
    package var id = ""
    package var createdAt = 0
    package var name = ""
    package var hashOn = HashInput.none
    package var hashFallback = HashInput.none
    package var hashOnHeader: String?
    package var hashFallbackHeader: String?
    package var hashOnCookie: String?
    package var hashOnCookiePath = "/"
    package var slots = 10000
    package var healthchecks = HealthChecks()
    package var tags: DistinctList<String>?

    package init() {}

    package static let name = "upstreams"
    package static let endpointKey: String? = "name"

    package static let fields: [Field<Upstream>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field("name", \.name, .required, .unique, .text(nameError), doc: "The host name services refer to."),
        Field("hash_on", \.hashOn, doc: "What decides about the target."),
        Field("hash_fallback", \.hashFallback, doc: "What decides when `hash_on` finds nothing."),
        Field("hash_on_header", \.hashOnHeader, .headerName, doc: "The header for `hash_on = header`."),
        Field("hash_fallback_header", \.hashFallbackHeader, .headerName, doc: "The header for `hash_fallback`."),
        Field("hash_on_cookie", \.hashOnCookie, .cookieName, doc: "The cookie; it is set when absent."),
        Field("hash_on_cookie_path", \.hashOnCookiePath, .path, doc: "The path of that cookie."),
        Field("slots", \.slots, .defaulted, .between(10, 65536), doc: "The size of the hash ring."),
        Field("healthchecks", \.healthchecks, doc: "How the health of targets is found out."),
        Field(
            "tags", \.tags, .each(.tag), .balancingTags,
            doc: "Labels to group and find rows by; `gibbon.algorithm.latency` and "
                + "`gibbon.algorithm.least-connections` decide how targets are chosen."),
    ]

    package static let checks: [EntityCheck] = [
        .conditional(if: "hash_on", .oneOf(["header"]), then: "hash_on_header", .required),
        .conditional(if: "hash_fallback", .oneOf(["header"]), then: "hash_fallback_header", .required),
        .conditional(if: "hash_on", .oneOf(["cookie"]), then: "hash_on_cookie", .required),
        .conditional(if: "hash_fallback", .oneOf(["cookie"]), then: "hash_on_cookie", .required),
        .conditional(if: "hash_on", .oneOf(["none"]), then: "hash_fallback", .oneOf(["none"])),
        .conditional(if: "hash_on", .oneOf(["cookie"]), then: "hash_fallback", .oneOf(["none"])),
        .conditional(
            if: "hash_on", .oneOf(["consumer"]), then: "hash_fallback", .oneOf(["none", "ip", "header", "cookie"])),
        .conditional(
            if: "hash_on", .oneOf(["ip"]), then: "hash_fallback", .oneOf(["none", "consumer", "header", "cookie"])),
        .distinct(["hash_on_header", "hash_fallback_header"]),
        .conditional(if: "hash_on", .differs(from: "none"), then: "tags", .withoutBalancingTag),
    ]

    private static func nameError(_ text: String) -> String? {
        guard let address = HostAddress(text) else { return "Invalid name; must be a valid hostname" }
        if address.form != .name { return "Invalid name; no ip addresses allowed" }
        return address.port == nil ? nil : "Invalid name; no port allowed"
    }
}

/// What a hash is made from.
package enum HashInput: String, Choice {
    case none, consumer, ip, header, cookie
}
