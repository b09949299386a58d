// acl: lets consumers of some groups in, or keeps those of others out.

import PluginKit
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

/// Judges consumers by their groups.
package struct ACL: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "acl", version: "1.0.0", priority: 950, config: Config.schema, entities: [ACLGroup.entitySchema],
        scopes: [.route, .service],
        checks: [
            .onlyOneOf(["config.whitelist", "config.blacklist"]),
            .atLeastOneOf(["config.whitelist", "config.blacklist"]),
        ])
    package static let lookups = [groups]

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

    private static let groups = Lookup(ACLGroup.name, by: "consumer")
    private static let header: HeaderName = "X-Consumer-Groups"
    private static let refused = Response.message(403, "You cannot consume this service")

    private let whitelist: Set<String>?
    private let blacklist: Set<String>
    private let tellsUpstream: Bool
    private let table: LookupTable?

    package init(_ config: Config, _ setup: Setup) {
        whitelist = config.whitelist.flatMap { $0.isEmpty ? nil : Set($0) }
        blacklist = Set(config.blacklist ?? [])
        tellsUpstream = !config.hideGroupsHeader
        table = setup.table(Self.groups)
    }

    package func access(_ x: Exchange) -> Verdict {
        guard let consumer = x.consumer, let table else { return .respond(Self.refused) }
        let groups = x.rows(table, consumer.id).compactMap { $0["group"]?.string }
        guard isAllowed(groups) else { return .respond(Self.refused) }
        if tellsUpstream {
            x.request.edits.set(Self.header, Array(groups.joined(separator: ", ").utf8))
        } else {
            // Kong lets the client's own header through: a forged group must not reach the upstream.
            x.request.clear(Self.header)
        }
        return .next
    }

    private func isAllowed(_ groups: [String]) -> Bool {
        if let whitelist { return groups.contains(where: whitelist.contains) }
        return !groups.contains(where: blacklist.contains)
    }
}
