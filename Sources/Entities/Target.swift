// Targets of upstreams. Rows are a history: the newest one of a target tells its weight.

import Schema

package struct Target: Entity {
    package var id = ""
    /// Epoch seconds with milliseconds, which order the history.
    package var createdAt = 0.0
    package var upstream: Reference?
    /// Host and port; IPv6 addresses in brackets with all their digits.
    package var target = ""
    package var weight = 100
    package var tags: DistinctList<String>?

    package init() {}

    package static let name = "targets"
    package static let endpointKey: String? = "target"

    package static let fields: [Field<Target>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field(
            "upstream", \.upstream, .required, .references("upstreams", onDelete: .cascade),
            doc: "The upstream it belongs to."),
        Field(
            "target", \.target, .required, .lengthAtLeast(0), .text(targetError), .normalized(normalized),
            doc: "A host and port; without a port it is 8000."),
        Field("weight", \.weight, .defaulted, .between(0, 1000), doc: "Its share of the requests; 0 takes it out."),
        .tags(\.tags),
    ]

    package static let defaultPort = 8000

    private static func targetError(_ text: String) -> String? {
        HostAddress(text) == nil ? "Invalid target; not a valid hostname or ip address" : nil
    }

    private static func normalized(_ value: JSON) -> JSON {
        guard let address = value.string.flatMap(HostAddress.init) else { return value }
        return .string("\(address.host):\(address.port ?? defaultPort)")
    }
}
