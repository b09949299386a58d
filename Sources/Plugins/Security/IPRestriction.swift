// ip-restriction: lets clients of some networks in, or keeps those of others out.
// Settings only: what it does with a request is not built yet.

import Schema

package enum IPRestriction {
    package static let declaration = PluginDeclaration(
        name: "ip-restriction", version: "1.0.0", priority: 990, config: Config.schema,
        checks: [
            .onlyOneOf(["config.whitelist", "config.blacklist"]),
            .atLeastOneOf(["config.whitelist", "config.blacklist"]),
        ])

    package struct Config: Declared {
        package var whitelist: [String]?
        package var blacklist: [String]?

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("whitelist", \.whitelist, .each(.cidr), doc: "The addresses and networks that are let in."),
            Field("blacklist", \.blacklist, .each(.cidr), doc: "The addresses and networks that are kept out."),
        ]
    }
}
