// acl: lets consumers of some groups in, or keeps those of others out.
// Settings only: what it does with a request is not built yet.

import Schema

/// A group that a consumer is in.
package struct ACLGroup: Entity {
    package static let name = "acls"
    package static let endpointKey: String? = "group"
    package static let cacheKey = ["consumer", "group"]
    package static let uniqueTogether = [["consumer", "group"]]

    package var id = ""
    package var createdAt: Int?
    package var consumer: Reference?
    package var group = ""

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field("consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "The consumer."),
        Field("group", \.group, .required, doc: "The name of the group."),
    ]
}

package enum ACL {
    package static let declaration = PluginDeclaration(
        name: "acl", version: "1.0.0", priority: 950, config: Config.schema, entities: [ACLGroup.entitySchema],
        scopes: [.route, .service],
        checks: [
            .onlyOneOf(["config.whitelist", "config.blacklist"]),
            .atLeastOneOf(["config.whitelist", "config.blacklist"]),
        ])

    package struct Config: Declared {
        package var whitelist: [String]?
        package var blacklist: [String]?
        package var hideGroupsHeader = false

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("whitelist", \.whitelist, doc: "The groups that are let in."),
            Field("blacklist", \.blacklist, doc: "The groups that are kept out."),
            Field("hide_groups_header", \.hideGroupsHeader, doc: "Whether the upstream is not told the groups."),
        ]
    }
}
