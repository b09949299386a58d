// Turns rules into the router's tables. Linear in the number of values but for the sorting of distinct paths; the
// passes follow each other in `compile`.

struct RouterCompiler {
    /// A route with more combinations of its values than this is looked at by itself.
    static let combinationLimit = 1024

    let rules: [RouteRule]
    private let subsystem: RouterSubsystem
    private let previous: RegexIndex?
    var tables = RouterTables()
    private var plainTable = ByteTable()
    var plainEntries: [PlainEntry] = []
    var regexEntries: [RegexEntry] = []
    /// By number of combination: the first route that has it, and whether others have it, too.
    var firstRoutes: [UInt32] = []
    var isShared: [Bool] = []
    private var places: [Criteria: Int] = [:]
    private var placeOf: [Int] = []
    private var regexTexts = ByteTable()
    var patterns: [Pattern] = []
    private var invalid: [String: String] = [:]

    init(_ rules: [RouteRule], subsystem: RouterSubsystem, reusing previous: RegexIndex?) {
        self.rules = rules
        self.subsystem = subsystem
        self.previous = previous
    }

    /// The numbers of a route's values.
    struct RouteValues {
        var hosts: [UInt32] = []
        var methods: [UInt32] = []
        var snis: [UInt32] = []
    }

    consuming func compile() -> RouterTables {
        sortRules()
        rankCategories()
        var values: [RouteValues] = []
        values.reserveCapacity(rules.count)
        for order in tables.rules.indices {
            values.append(numberValues(order))
            readPaths(order)
        }
        settlePaths()
        for order in tables.rules.indices { index(order, values[order]) }
        settleKeys()
        settleMasks(values)
        tables.wildcards = WildcardHosts(wildcardHosts())
        return tables
    }

    /// The place of a route's category in the order of trying.
    func place(_ order: Int) -> Int { placeOf[order] }

    private func rule(_ order: Int) -> RouteRule { rules[Int(tables.rules[order])] }
}

// Orders: of routes, and of categories.
extension RouterCompiler {
    private struct SortKey {
        var priority: Int
        var createdAt: Int
        var index: Int
    }

    /// Kong's order: regex_priority downwards, then age; the id decides what Kong leaves open.
    private mutating func sortRules() {
        let rules = self.rules
        var keys = rules.indices.map {
            SortKey(priority: rules[$0].regexPriority ?? 0, createdAt: rules[$0].createdAt, index: $0)
        }
        keys.sort { left, right in
            if left.priority != right.priority { return left.priority > right.priority }
            if left.createdAt != right.createdAt { return left.createdAt < right.createdAt }
            let (one, other) = (rules[left.index].id, rules[right.index].id)
            return one == other ? left.index < right.index : one < other
        }
        if subsystem == .stream { keys = preciseFirst(keys) }
        tables.rules = keys.map { UInt32($0.index) }
    }

    private func preciseFirst(_ keys: [SortKey]) -> [SortKey] {
        let precise = keys.map { key in
            let rule = rules[key.index]
            return AddressCriteria.isPrecise(rule.sources) || AddressCriteria.isPrecise(rule.destinations)
        }
        let pairs = zip(keys, precise)
        return pairs.filter(\.1).map(\.0) + pairs.filter { !$0.1 }.map(\.0)
    }

    private mutating func rankCategories() {
        var weights: [Criteria: Int] = [:]
        var criteriaOf: [Criteria] = []
        for order in tables.rules.indices {
            let rule = rule(order)
            let criteria = Criteria(of: rule)
            criteriaOf.append(criteria)
            // The first route of a category gives it its weight; only SNIs can make others differ.
            if weights[criteria] == nil { weights[criteria] = Criteria.weight(of: rule) }
        }
        let ranked = weights.sorted { left, right in
            left.value != right.value ? left.value > right.value : left.key.rawValue > right.key.rawValue
        }
        for (place, entry) in ranked.enumerated() {
            places[entry.key] = place
            tables.categories.append(RouteCategory(criteria: entry.key))
            if entry.key.contains(.path) { tables.pathful |= 1 << UInt64(place) }
        }
        placeOf = criteriaOf.map { places[$0] ?? 0 }
        for potential in 1..<Criteria.count { allow(Criteria(rawValue: UInt8(potential))) }
    }

    /// A request starts at the category of all it could satisfy, or at the top if there are no such routes.
    private mutating func allow(_ potential: Criteria) {
        var mask: UInt64 = 0
        for place in (places[potential] ?? 0)..<tables.categories.count
        where potential.isSuperset(of: tables.categories[place].criteria) {
            mask |= 1 << UInt64(place)
        }
        tables.allowed[Int(potential.rawValue)] = mask
    }
}

// Numbers for values.
extension RouterCompiler {
    private mutating func numberValues(_ order: Int) -> RouteValues {
        let rule = rule(order)
        var values = RouteValues()
        for host in rule.hosts {
            let number = tables.hosts.intern(host.utf8.span)
            if number == tables.isWildcard.count { tables.isWildcard.append(host.utf8.contains(UInt8(ascii: "*"))) }
            values.hosts.append(UInt32(number))
        }
        for method in rule.methods {
            values.methods.append(UInt32(tables.methods.intern(method.uppercased().utf8.span)))
        }
        for sni in rule.snis { values.snis.append(UInt32(tables.snis.intern(sni.utf8.span))) }
        return values
    }

    /// Plain paths are known by their number in `plainTable` until `settlePaths` gives them ranks.
    private mutating func readPaths(_ order: Int) {
        for path in rule(order).paths {
            if RegexSyntax.isPlainPath(path.utf8) {
                tables.routePaths.append(.plain(plainTable.intern(path.utf8.span)))
            } else if let number = numberPattern(path, order) {
                tables.routePaths.append(.pattern(number))
            }
        }
        tables.pathStarts.append(UInt32(tables.routePaths.count))
    }

    private mutating func numberPattern(_ path: String, _ order: Int) -> Int? {
        let known = regexTexts.find(path.utf8.span)
        if known >= 0 { return known }
        if invalid[path] == nil {
            do {
                patterns.append(try compilePattern(path))
                return regexTexts.intern(path.utf8.span)
            } catch {
                invalid[path] = RegexSyntax.describe(error, pattern: [UInt8](path.utf8))
            }
        }
        let message = invalid[path] ?? ""
        tables.faults.append(RouteFault(route: Int(tables.rules[order]), path: path, message: message))
        return nil
    }

    private func compilePattern(_ path: String) throws(Pattern.Fault) -> Pattern {
        if let previous {
            let known = previous.texts.find(path.utf8.span)
            if known >= 0 { return previous.patterns[known] }
        }
        return try Pattern.compile(path.utf8.span)
    }

    private mutating func settlePaths() {
        tables.paths = PrefixTree(plainTable)
        tables.regexes = RegexIndex(texts: regexTexts, patterns: patterns)
        for position in tables.routePaths.indices where !tables.routePaths[position].isPattern {
            let number = tables.routePaths[position].index
            tables.routePaths[position] = .plain(Int(tables.paths.ranks[number]))
        }
    }

    private func wildcardHosts() -> [[UInt8]] {
        let arena = tables.hosts.arena
        return tables.isWildcard.enumerated().map { number, isWildcard in
            isWildcard ? [UInt8](arena[tables.hosts.range(number)]) : []
        }
    }
}
