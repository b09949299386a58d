// Paths of a request: the one value it hit among all routes, the regexes that match, and which path of the winning
// route is the one that counts.

extension Router {
    /// The path value that Kong finds before it looks at routes: the plain path that equals the request path, else
    /// the first regex that matches, else the longest prefix.
    func hitPath(_ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch) -> PathReference {
        if let known = scratch.hitPath { return known }
        var hit = hits.prefix >= 0 ? PathReference.plain(hits.prefix) : .none
        if !hits.isExact && !tables.regexes.isEmpty {
            scratch.prepareCandidates(path, tables.regexes)
            for position in scratch.candidates.indices {
                let pattern = Int(scratch.candidates[position])
                if scratch.matches(pattern, path, tables.regexes) {
                    hit = .pattern(pattern)
                    break
                }
            }
        }
        scratch.hitPath = hit
        return hit
    }

    /// The first route of a combination that lists this very path value.
    func owner(of hit: PathReference, _ slot: Int) -> UInt32 {
        if hit == .none { return CriteriaKey.none }
        guard hit.isPattern else {
            let segment = tables.plain.find(tables.keys.slots[slot].plain, rank: hit.raw)
            guard segment >= 0, tables.plain.segments[segment].path == hit.raw else { return CriteriaKey.none }
            return tables.plain.segments[segment].own
        }
        return firstLister(of: hit.index, tables.keys.slots[slot].regex)
    }

    /// The first route of a combination with a regex that matches, if it goes before `limit`; else `limit`.
    func firstRegex(
        _ range: (start: UInt32, count: UInt32), below limit: UInt32, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> UInt32 {
        if range.count > 8 {
            scratch.prepareCandidates(path, tables.regexes)
            if scratch.candidates.count < Int(range.count) { return firstCandidate(range, limit, path, scratch) }
        }
        for position in Int(range.start)..<Int(range.start &+ range.count) {
            let entry = tables.regexesByOrder[position]
            if entry.order >= limit { break }
            if scratch.matches(Int(entry.pattern), path, tables.regexes) { return entry.order }
        }
        return limit
    }

    /// The same, going through what could match rather than through what the combination has.
    private func firstCandidate(
        _ range: (start: UInt32, count: UInt32), _ limit: UInt32, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> UInt32 {
        var first = limit
        for position in scratch.candidates.indices {
            let pattern = Int(scratch.candidates[position])
            let order = firstLister(of: pattern, range)
            if order < first && scratch.matches(pattern, path, tables.regexes) { first = order }
        }
        return first
    }

    private func firstLister(of pattern: Int, _ range: (start: UInt32, count: UInt32)) -> UInt32 {
        var low = Int(range.start)
        var high = low &+ Int(range.count)
        let end = high
        while low < high {
            let middle = (low &+ high) &>> 1
            if tables.regexesByPattern[middle].pattern < pattern { low = middle &+ 1 } else { high = middle }
        }
        guard low < end, tables.regexesByPattern[low].pattern == pattern else { return CriteriaKey.none }
        return tables.regexesByPattern[low].order
    }

    /// Which path of a route counts: the one the request hit if the route lists it, else the first that matches.
    func matchingPath(
        _ order: UInt32, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> PathReference {
        let range = tables.pathRange(order)
        var first = PathReference.none
        var isOnly = true
        for position in range where isMatch(tables.routePaths[position], hits, path, scratch) {
            isOnly = first == .none
            if !isOnly { break }
            first = tables.routePaths[position]
        }
        if isOnly { return first }
        let hit = hitPath(hits, path, scratch)
        return range.contains { tables.routePaths[$0] == hit } ? hit : first
    }

    private func isMatch(
        _ reference: PathReference, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> Bool {
        if reference.isPattern { return scratch.matches(reference.index, path, tables.regexes) }
        // The prefixes of a text are those whose subtree holds the longest of them.
        return reference.index <= hits.prefix && hits.prefix < Int(tables.paths.subtreeEnd[reference.index])
    }

    /// The answer for the route that won.
    func describe(
        _ order: UInt32, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> RouteMatch {
        var match = RouteMatch(route: Int(tables.rules[Int(order)]))
        let matching = matchingPath(order, hits, path, scratch)
        if matching == .none { return match }
        match.hasPath = true
        if matching.isPattern {
            match.regexIndex = matching.index
            match.pathEnd = scratch.end(matching.index, path, tables.regexes)
        } else {
            match.pathEnd = Int(tables.paths.lengths[matching.index])
        }
        return match
    }
}
