// Finds the route for a request, exactly as Kong 1.1.2 does, traps included, but over an index: the cost does not
// depend on how many routes there are. ARCHITECTURE: step 5 of the life of a request.
//
// Kong sorts routes into categories by the kinds of criteria they have and walks the categories from the most
// specific down; in each it first tries the shortest list of candidates, then all. Here a category costs one probe
// for the combination of host, method and SNI, and a search among the paths of just that combination.

/// Which of Kong's two worlds a router serves.
package enum RouterSubsystem: Sendable {
    case http
    case stream
}

/// An immutable router over compiled tables; share it between event loops, each with its own `RouterScratch`.
package final class Router: Sendable {
    let tables: RouterTables

    /// Compiles rules; `RouteMatch.route` is an index into them. Regexes that `previous` has already compiled are
    /// taken over, which is most of the work where there are many.
    package init(_ rules: [RouteRule], subsystem: RouterSubsystem = .http, reusing previous: Router? = nil) {
        tables = RouterCompiler(rules, subsystem: subsystem, reusing: previous?.tables.regexes).compile()
    }

    /// Paths that were left out since their regex does not compile.
    package var faults: [RouteFault] { tables.faults }

    /// The route for a request, or nil.
    /// - Parameters:
    ///   - method: as sent.
    ///   - host: the Host header as sent, port included; empty without one.
    ///   - path: the request path as sent, undecoded, without the query.
    ///   - sni: the server name of the TLS connection, if there is one.
    ///   - source: the client's end, `destination` ours; only routes with such criteria look at them.
    package func match(
        method: Span<UInt8>, host: Span<UInt8>, path: Span<UInt8>, sni: Span<UInt8>?,
        source: PeerAddress? = nil, destination: PeerAddress? = nil, scratch: RouterScratch
    ) -> RouteMatch? {
        scratch.begin(patternCount: tables.regexes.patterns.count)
        var hits = RouterHits()
        hits.method = number(tables.methods.find(method))
        if let sni, !tables.snis.isEmpty { hits.sni = number(tables.snis.find(sni)) }
        hits.host = findHost(host.extracting(0..<Self.lengthWithoutPort(host)), scratch)
        hits.prefix = tables.paths.longest(path)
        hits.isExact = hits.prefix >= 0 && Int(tables.paths.lengths[hits.prefix]) == path.count
        hits.source = source
        hits.destination = destination
        let order = search(hits, path, scratch)
        return order == CriteriaKey.none ? nil : describe(order, hits, path, scratch)
    }

    private func number(_ found: Int) -> UInt32 {
        found < 0 ? CriteriaKey.none : UInt32(truncatingIfNeeded: found)
    }

    /// Kong looks for the colon from the second character on.
    private static func lengthWithoutPort(_ host: Span<UInt8>) -> Int {
        var position = 1
        while position < host.count && host[position] != UInt8(ascii: ":") { position &+= 1 }
        return min(position, host.count)
    }

    /// An exact host that any route lists rules out all wildcard hosts, even if that route then fails (a Kong trap).
    private func findHost(_ host: Span<UInt8>, _ scratch: RouterScratch) -> UInt32 {
        let found = tables.hosts.find(host)
        if found >= 0 && !tables.isWildcard[found] { return UInt32(truncatingIfNeeded: found) }
        return tables.wildcards.isEmpty ? CriteriaKey.none : tables.wildcards.find(host, reversed: &scratch.reversed)
    }
}

/// What a request hit in the tables, before any route is looked at.
struct RouterHits {
    var host = CriteriaKey.none
    var method = CriteriaKey.none
    var sni = CriteriaKey.none
    /// Rank of the longest plain path that the request path begins with, or -1.
    var prefix = -1
    /// Whether it is the whole request path. Regexes are not asked then.
    var isExact = false
    var source: PeerAddress?
    var destination: PeerAddress?
}
