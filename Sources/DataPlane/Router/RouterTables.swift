// Everything a router looks things up in. Made once by `RouterCompiler`, never changed after.

/// A regex path of a route within one combination of criteria.
struct RegexEntry: Sendable {
    var key: UInt32
    var pattern: UInt32
    /// Place of the route in Kong's order.
    var order: UInt32
}

/// A route that is looked at by itself: it has address criteria, or so many values that listing all combinations
/// of them would cost more memory than it saves time.
struct ScannedRoute: Sendable {
    var order: UInt32
    /// Numbers of values, ascending.
    var hosts: [UInt32]
    var methods: [UInt32]
    var snis: [UInt32]
}

/// All routes that have the same kinds of criteria.
struct RouteCategory: Sendable {
    var criteria: Criteria
    /// In Kong's order.
    var scanned: [ScannedRoute] = []
}

/// Which categories a criterion's values occur in; categories without that criterion count as well.
struct CategoryMasks: Sendable {
    /// By number of the value.
    var byValue: [UInt64]
    /// For a request that has none of the values.
    var without: UInt64

    @inline(__always)
    func mask(_ value: UInt32) -> UInt64 {
        value == CriteriaKey.none ? without : byValue[Int(value)]
    }
}

struct RouterTables: Sendable {
    var hosts = ByteTable()
    /// By number of the host: whether it is a pattern, which no Host header equals.
    var isWildcard: [Bool] = []
    var wildcards = WildcardHosts([])
    var methods = ByteTable()
    var snis = ByteTable()
    var paths = PrefixTree(ByteTable())
    var regexes = RegexIndex(texts: ByteTable(), patterns: [])
    var sources = AddressCriteria()
    var destinations = AddressCriteria()

    var keys = KeyTable(capacity: 0)
    var plain = PlainPaths([], tree: PrefixTree(ByteTable()), keyCount: 0)
    /// The regexes of each combination, once in the order of routes and once in that of patterns.
    var regexesByOrder: [RegexEntry] = []
    var regexesByPattern: [RegexEntry] = []

    /// In the order they are tried.
    var categories: [RouteCategory] = []
    /// By what a request could satisfy: the categories to try, as bits by place.
    var allowed = [UInt64](repeating: 0, count: Criteria.count)
    /// Categories with paths.
    var pathful: UInt64 = 0
    var hostMasks = CategoryMasks(byValue: [], without: 0)
    var methodMasks = CategoryMasks(byValue: [], without: 0)
    var sniMasks = CategoryMasks(byValue: [], without: 0)
    /// How many routes of a category list a value.
    var listLengths = NumberTable()

    /// By order: index into the rules, and where the paths are in `routePaths`.
    var rules: [UInt32] = []
    var pathStarts: [UInt32] = [0]
    var routePaths: [PathReference] = []
    var faults: [RouteFault] = []

    func pathRange(_ order: UInt32) -> Range<Int> {
        Int(pathStarts[Int(order)])..<Int(pathStarts[Int(order) &+ 1])
    }

    static func listKey(_ criterion: Criteria, place: Int, value: UInt32) -> UInt64 {
        UInt64(criterion.rawValue) << 48 | UInt64(place) << 32 | UInt64(value)
    }
}
