// Kong's routing algorithm as its documentation tells it, written down without a thought for speed: lists are walked,
// everything is compared as text. The index is measured against it.

import DataPlane

struct ReferenceRouter {
    private struct Entry {
        var rule: RouteRule
        var index: Int
        var criteria: UInt8
        var weight: Int
    }

    private let entries: [Entry]
    private let categories: [UInt8]
    private let matcher: RegexOracle

    init(_ rules: [RouteRule], _ matcher: RegexOracle) {
        self.matcher = matcher
        var entries = rules.enumerated().map { index, rule in
            Entry(rule: rule, index: index, criteria: Self.criteria(rule), weight: Self.weight(rule))
        }
        entries.sort { left, right in
            let (one, other) = (left.rule.regexPriority ?? 0, right.rule.regexPriority ?? 0)
            if one != other { return one > other }
            return (left.rule.createdAt, left.rule.id, left.index) < (right.rule.createdAt, right.rule.id, right.index)
        }
        self.entries = entries
        var weights: [UInt8: Int] = [:]
        for entry in entries where weights[entry.criteria] == nil { weights[entry.criteria] = entry.weight }
        categories = weights.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.map(\.key)
    }

    private static func criteria(_ rule: RouteRule) -> UInt8 {
        let lists = [
            rule.hosts.isEmpty, rule.paths.isEmpty, rule.methods.isEmpty, rule.snis.isEmpty, rule.sources.isEmpty,
            rule.destinations.isEmpty,
        ]
        return lists.reduce(0) { $0 << 1 | ($1 ? 0 : 1) }
    }

    private static func weight(_ rule: RouteRule) -> Int {
        let others = [
            rule.hosts.isEmpty, rule.paths.isEmpty, rule.methods.isEmpty, rule.sources.isEmpty,
            rule.destinations.isEmpty,
        ]
        return others.filter { !$0 }.count + rule.snis.count
    }
}

// What a request hits in the lists of all routes.
extension ReferenceRouter {
    struct Request {
        var method: String
        var host: String
        var path: String
        var sni: String?
        var source: (ip: String, port: Int)?
    }

    private struct Hits {
        var host: String?
        var path: String?
        var method = false
        var sni = false
        var source = false

        var criteria: UInt8 {
            [host != nil, path != nil, method, sni, source, false].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }

    private func hits(_ request: Request, _ host: String) -> Hits {
        var hits = Hits()
        let hosts = entries.flatMap(\.rule.hosts)
        if hosts.contains(host) && !host.contains("*") {
            hits.host = host
        } else {
            hits.host = hosts.first { $0.contains("*") && Self.wildcard($0, matches: host) }
        }
        hits.path = hitPath(request.path)
        hits.method = entries.contains { $0.rule.methods.contains(request.method) }
        hits.sni = entries.contains { $0.rule.snis.contains { $0 == request.sni } }
        if let source = request.source {
            let rules = entries.flatMap(\.rule.sources)
            hits.source = rules.contains { $0.ip == source.ip || $0.port == source.port || inRange($0, source.ip) }
        }
        return hits
    }

    private func hitPath(_ path: String) -> String? {
        let paths = entries.flatMap(\.rule.paths)
        let plain = paths.filter(Self.isPlain)
        if plain.contains(path) { return path }
        let regex = paths.first { !Self.isPlain($0) && matcher.matches($0, path) }
        let longest = plain.filter { path.hasPrefix($0) }.max { $0.utf8.count < $1.utf8.count }
        return regex ?? longest
    }

    private static func isPlain(_ path: String) -> Bool {
        RegexSyntax.isPlainPath(path.utf8)
    }

    private static func wildcard(_ pattern: String, matches host: String) -> Bool {
        if pattern.hasPrefix("*") {
            let suffix = String(pattern.dropFirst())
            return host.hasSuffix(suffix) && host.utf8.count > suffix.utf8.count
        }
        let prefix = String(pattern.dropLast())
        return host.hasPrefix(prefix) && host.utf8.count > prefix.utf8.count
    }

    /// Enough for the /16 ranges of the tests.
    private func inRange(_ rule: AddressRule, _ ip: String) -> Bool {
        guard let range = rule.ip, range.hasSuffix("/16") else { return false }
        return range.split(separator: ".").prefix(2) == ip.split(separator: ".").prefix(2)
    }
}

// The walk.
extension ReferenceRouter {
    /// The index of the route and the path of it that counts.
    func match(_ request: Request) -> (route: Int, path: String?)? {
        var host = request.host
        if let colon = host.dropFirst().firstIndex(of: ":") { host = String(host[..<colon]) }
        let hits = hits(request, host)
        guard hits.criteria != 0 else { return nil }
        let start = categories.firstIndex(of: hits.criteria) ?? 0
        for category in categories[start...] {
            let all = entries.filter { $0.criteria == category }
            for entry in shortest(all, category, hits, request) + all {
                if let path = matches(entry, hits, request) { return (entry.index, path.isEmpty ? nil : path) }
            }
        }
        return nil
    }

    /// The shortest list of candidates. A value that a route lists twice puts it into the list twice.
    private func shortest(_ all: [Entry], _ category: UInt8, _ hits: Hits, _ request: Request) -> [Entry] {
        func list<Value>(_ values: (RouteRule) -> [Value], _ isWanted: (Value) -> Bool) -> [Entry] {
            all.flatMap { entry in values(entry.rule).filter(isWanted).map { _ in entry } }
        }
        let byAddress = list(\.sources) { $0.ip != nil && $0.ip == request.source?.ip }
        let byPort = list(\.sources) { $0.port != nil && $0.port == request.source?.port }
        let lists: [(bit: UInt8, list: [Entry])] = [
            (0x20, list(\.hosts) { $0 == hits.host }),
            (0x10, list(\.paths) { $0 == hits.path }),
            (0x08, list(\.methods) { $0 == request.method }),
            (0x04, list(\.snis) { $0 == request.sni }),
            (0x02, byAddress.isEmpty ? byPort : byAddress),
        ]
        var best: [Entry] = []
        for (bit, list) in lists where category & bit != 0 && !list.isEmpty {
            if best.isEmpty || list.count < best.count { best = list }
        }
        return best
    }

    /// The path that counts, "" if the route has none, or nil if the route does not match.
    private func matches(_ entry: Entry, _ hits: Hits, _ request: Request) -> String? {
        let rule = entry.rule
        if !rule.hosts.isEmpty && !rule.hosts.contains(where: { $0 == hits.host }) { return nil }
        if !rule.methods.isEmpty && !rule.methods.contains(request.method) { return nil }
        if !rule.snis.isEmpty && !rule.snis.contains(where: { $0 == request.sni }) { return nil }
        if !rule.sources.isEmpty && !rule.sources.contains(where: { accepts($0, request.source) }) { return nil }
        if !rule.destinations.isEmpty { return nil }
        if rule.paths.isEmpty { return "" }
        if let hit = hits.path, rule.paths.contains(hit) { return hit }
        return rule.paths.first {
            Self.isPlain($0) ? request.path.hasPrefix($0) : matcher.matches($0, request.path)
        }
    }

    private func accepts(_ rule: AddressRule, _ peer: (ip: String, port: Int)?) -> Bool {
        guard let peer else { return false }
        let isAddress = rule.ip == nil || rule.ip == peer.ip || inRange(rule, peer.ip)
        return isAddress && (rule.port == nil || rule.port == peer.port)
    }
}
