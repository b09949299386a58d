// The six kinds of criteria a route can have, as the bits Kong orders its categories by.

/// A set of criteria: a route's category, or what a request could satisfy.
struct Criteria: OptionSet, Hashable, Sendable {
    var rawValue: UInt8

    static let host = Criteria(rawValue: 0x20)
    static let path = Criteria(rawValue: 0x10)
    static let method = Criteria(rawValue: 0x08)
    static let sni = Criteria(rawValue: 0x04)
    static let source = Criteria(rawValue: 0x02)
    static let destination = Criteria(rawValue: 0x01)

    /// How many sets there are.
    static let count = 64

    /// From the strongest to the weakest; the order in which equally short candidate lists are preferred.
    static let each: [Criteria] = [.host, .path, .method, .sni, .source, .destination]

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(of rule: RouteRule) {
        self = []
        if !rule.hosts.isEmpty { insert(.host) }
        if !rule.paths.isEmpty { insert(.path) }
        if !rule.methods.isEmpty { insert(.method) }
        if !rule.snis.isEmpty { insert(.sni) }
        if !rule.sources.isEmpty { insert(.source) }
        if !rule.destinations.isEmpty { insert(.destination) }
    }

    /// Kong counts every SNI of a route as a criterion of its own.
    static func weight(of rule: RouteRule) -> Int {
        let criteria = Criteria(of: rule)
        return criteria.rawValue.nonzeroBitCount + max(0, rule.snis.count - 1)
    }
}
