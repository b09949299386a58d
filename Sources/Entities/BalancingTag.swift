// How an upstream is balanced beyond what Kong 1.1.2 knows. Its upstreams have no field for that, and tables, rows and
// answers are shared with nodes of Kong, so a tag says it: Kong stores tags, exports them and otherwise ignores them
// (docs/adr/0013).

import Schema

/// The ways to choose a target that a tag can ask for.
package enum BalancingTag: String, CaseIterable, Sendable {
    /// What is done without a tag.
    case roundRobin = "round-robin"
    case leastConnections = "least-connections"
    case latency

    /// Tags of upstreams that begin with it are for this gateway, so that a misspelt one is noticed.
    package static let namespace = "gibbon."

    /// The tag. A tag's characters are letters, digits and `.-_~`.
    package var text: String { "\(Self.namespace)algorithm.\(rawValue)" }

    /// What the tags of a stored upstream ask for. A node of Kong may have stored several, of which the first counts.
    package static func find(in tags: some Sequence<String>) -> BalancingTag? {
        tags.lazy.compactMap { tag in allCases.first { $0.text == tag } }.first
    }

    /// What is wrong with the tags of an upstream.
    package static func error(in tags: [String]) -> String? {
        let own = tags.filter(isOurs)
        if let unknown = own.first(where: { tag in !allCases.contains { $0.text == tag } }) {
            return "invalid tag '\(unknown)': expected one of: " + allCases.map(\.text).joined(separator: ", ")
        }
        return Set(own).count > 1 ? "only one of these tags may be given: " + own.joined(separator: ", ") : nil
    }

    fileprivate static func isOurs(_ tag: String) -> Bool {
        tag.lowercased().hasPrefix(namespace)
    }
}

extension Trait {
    /// For the tags of an upstream.
    static let balancingTags = custom { value, _ in
        BalancingTag.error(in: (value.array ?? []).compactMap(\.string))
    }

    /// For the tags of an upstream that hashes.
    static let withoutBalancingTag = custom { value, _ in
        let found = (value.array ?? []).compactMap(\.string).first(where: BalancingTag.isOurs)
        return found.map { "'\($0)' and hash_on exclude each other: remove the tag, or set hash_on to none" }
    }
}
