// The server names certificates are for.

import Schema

package struct SNI: Entity {
    package var id = ""
    package var name = ""
    package var createdAt = 0
    package var tags: DistinctList<String>?
    package var certificate: Reference?

    package init() {}

    package static let name = "snis"
    package static let endpointKey: String? = "name"
    package static let cacheKey = ["name"]

    package static let fields: [Field<SNI>] = [
        .id(\.id),
        Field("name", \.name, .required, .unique, doc: "A server name, or `*.` and a domain."),
        .createdAt(\.createdAt),
        .tags(\.tags),
        Field("certificate", \.certificate, .required, .references("certificates"), doc: "What is shown for it."),
    ]
}
