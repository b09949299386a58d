// Consumers: who uses the services. Credentials and plugins refer to them.

import Schema

package struct Consumer: Entity {
    package var id = ""
    package var createdAt = 0
    package var username: String?
    /// The id the consumer has in the systems of the services' owner.
    package var customID: String?
    package var tags: DistinctList<String>?

    package init() {}

    package static let name = "consumers"
    package static let endpointKey: String? = "username"

    package static let fields: [Field<Consumer>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field("username", \.username, .unique, doc: "A unique name; this or `custom_id` must be given."),
        Field("custom_id", \.customID, .unique, doc: "A unique identifier of another system."),
        .tags(\.tags),
    ]

    package static let checks: [EntityCheck] = [.atLeastOneOf(["custom_id", "username"])]
}
