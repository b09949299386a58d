// What the router is told about a route: its matching criteria and what orders it among others.
// The snapshot compiler makes these from stored routes; the router keeps nothing else of a route.

/// The criteria of one route, as stored. Empty lists are criteria that the route does not have.
package struct RouteRule: Sendable {
    /// Host names, `*.suffix` and `prefix.*` patterns; compared byte by byte, case included, as Kong does.
    package var hosts: [String]
    /// Plain prefixes, or regexes where a character lies outside `RegexSyntax.isPlainPath`.
    package var paths: [String]
    package var methods: [String]
    package var snis: [String]
    package var sources: [AddressRule]
    package var destinations: [AddressRule]
    /// Higher goes first; nil counts as 0.
    package var regexPriority: Int?
    /// Seconds since the epoch; the older route goes first.
    package var createdAt: Int
    /// Breaks ties of equal age, which Kong leaves to chance, so that every node decides alike.
    package var id: String

    package init(
        hosts: [String] = [], paths: [String] = [], methods: [String] = [], snis: [String] = [],
        sources: [AddressRule] = [], destinations: [AddressRule] = [],
        regexPriority: Int? = nil, createdAt: Int = 0, id: String = ""
    ) {
        self.hosts = hosts
        self.paths = paths
        self.methods = methods
        self.snis = snis
        self.sources = sources
        self.destinations = destinations
        self.regexPriority = regexPriority
        self.createdAt = createdAt
        self.id = id
    }
}
