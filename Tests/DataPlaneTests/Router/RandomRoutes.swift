// Random route tables and requests, drawn from few values so that they collide a lot.

import DataPlane

struct RandomRoutes {
    private static let hosts = [
        "a.test", "b.test", "x.a.test", "c.test", "*.test", "*.a.test", "x.*", "a.*", "x.a.*", "*.x.a.test",
        "a.test.org",
    ]
    private static let plainPaths = [
        "/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/b", "/b/c", "/users", "/users/", "/users/admin", "/A", "/a/b/c/d",
        "/ab/c", "/%61",
    ]
    private static let methods = ["GET", "POST", "PUT", "PURGE"]
    private static let snis = ["one.test", "two.test", "three.test"]
    private static let requestHosts = [
        "a.test", "b.test", "x.a.test", "y.a.test", "deep.x.a.test", "c.test", "a.test.org", "x.org", "none.example",
        "",
        ".test", "*.test", "a.test:8000", ":80", "x.", "A.test",
    ]
    private static let requestPaths =
        plainPaths + [
            "/a/42", "/a/42/x", "/users/bob", "/users/bob/posts", "/users/bob/posts/1", "/users/42/posts", "/b/c/d",
            "/abc", "//a", "/xa", "/zzz", "/a/b/x", "/a/c", "/b/", "*", "", "/n/7/item3", "/n/7/item33x", "/n/x/item3",
            "/n/12/item0/item7", "/n/12/items",
        ]

    private var random: SeededGenerator
    private let patterns = RegexOracle.few.keys.sorted()
    private let crowdedPatterns = RegexOracle.standard.matchers.keys.sorted()
    var allowsAddresses = false
    /// Also makes large tables, and routes with so many values that they are not indexed by combination.
    var isLarge = false

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func table() -> [RouteRule] {
        let manyValues = Bool.random(using: &random)
        let regexShare = [0, 2, 5].randomElement(using: &random) ?? 0
        var rules = (0..<Int.random(in: 1...(isLarge ? 100 : 14), using: &random)).map { _ in
            route(manyValues, regexShare)
        }
        guard isLarge else { return rules }
        for index in rules.indices where Int.random(in: 0..<10, using: &random) == 0 { widen(&rules[index]) }
        return rules
    }

    private func widen(_ rule: inout RouteRule) {
        for number in 0..<40 {
            if !rule.hosts.isEmpty { rule.hosts.append("h\(number).test") }
            if !rule.methods.isEmpty { rule.methods.append("M\(number)") }
            if !rule.paths.isEmpty { rule.paths.append("/wide/\(number)") }
        }
    }

    private mutating func route(_ manyValues: Bool, _ regexShare: Int) -> RouteRule {
        let most = manyValues ? 4 : 1
        var rule = RouteRule()
        // A route that would demand nothing demands a path, as the Admin API sees to.
        if Bool.random(using: &random) { rule.hosts = some(Self.hosts, most) }
        if Int.random(in: 0..<3, using: &random) == 0 { rule.methods = some(Self.methods, most) }
        if Int.random(in: 0..<6, using: &random) == 0 { rule.snis = some(Self.snis, most) }
        if allowsAddresses && Bool.random(using: &random) { rule.sources = addresses(most) }
        if Int.random(in: 0..<10, using: &random) < 7 || rule.hosts.isEmpty && rule.methods.isEmpty {
            rule.paths = (0..<Int.random(in: 1...most, using: &random)).map { _ in
                let isRegex = Int.random(in: 0..<10, using: &random) < regexShare
                let regexes = isLarge && Bool.random(using: &random) ? crowdedPatterns : patterns
                return (isRegex ? regexes : Self.plainPaths).randomElement(using: &random) ?? "/"
            }
        }
        if Int.random(in: 0..<4, using: &random) == 0 { rule.regexPriority = Int.random(in: -1...3, using: &random) }
        rule.createdAt = Int.random(in: 0...6, using: &random)
        return rule
    }

    mutating func request() -> ReferenceRouter.Request {
        ReferenceRouter.Request(
            method: (Self.methods + ["HEAD"]).randomElement(using: &random) ?? "GET",
            host: Self.requestHosts.randomElement(using: &random) ?? "",
            path: Self.requestPaths.randomElement(using: &random) ?? "/",
            sni: Bool.random(using: &random) ? nil : (Self.snis + ["none.test"]).randomElement(using: &random),
            source: allowsAddresses ? peer() : nil)
    }

    private mutating func some(_ values: [String], _ most: Int) -> [String] {
        (0..<Int.random(in: 1...most, using: &random)).compactMap { _ in values.randomElement(using: &random) }
    }

    private mutating func addresses(_ most: Int) -> [AddressRule] {
        (0..<Int.random(in: 1...most, using: &random)).map { _ in
            let ip = ["10.0.0.1", "10.0.0.2", "10.0.0.0/16", "10.1.0.0/16", nil].randomElement(using: &random)
            let port = [80, 81, nil].randomElement(using: &random)
            return AddressRule(ip: ip ?? nil, port: (ip ?? nil) == nil ? 80 : port ?? nil)
        }
    }

    private mutating func peer() -> (ip: String, port: Int) {
        let ip = ["10.0.0.1", "10.0.0.2", "10.0.9.9", "10.1.0.1", "192.168.0.1"].randomElement(using: &random)
        return (ip ?? "", [80, 81, 82].randomElement(using: &random) ?? 80)
    }
}
