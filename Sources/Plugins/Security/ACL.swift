// acl: lets consumers of some groups in, or keeps those of others out.
// Settings only: what it does with a request is not built yet.

import Schema

package enum ACL {
    package static let declaration = PluginDeclaration(
        name: "acl", version: "1.0.0", priority: 950, config: Config.schema, scopes: [.route, .service],
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
