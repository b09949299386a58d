// The walk over the categories, and the choice of a route within one.

extension Router {
    /// Place of the winning route in Kong's order, or `CriteriaKey.none`.
    func search(_ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch) -> UInt32 {
        var potential = self.potential(hits)
        if hits.prefix >= 0 || tables.regexes.isEmpty {
            if hits.prefix >= 0 { potential.insert(.path) }
            return walk(tables.allowed[Int(potential.rawValue)], hits, path, scratch).order
        }
        // Whether any regex matches is dear to find out, and hardly ever matters: suppose so first. A winner that
        // has paths proves it; any other would be the same without, unless the walk would start elsewhere.
        let without = tables.allowed[Int(potential.rawValue)]
        let with = tables.allowed[Int(potential.union(.path).rawValue)]
        let found = walk(with, hits, path, scratch)
        let isProven = found.order != CriteriaKey.none && tables.pathful >> UInt64(found.place) & 1 == 1
        if isProven || with & ~tables.pathful == without || hitPath(hits, path, scratch) != .none { return found.order }
        return walk(without, hits, path, scratch).order
    }

    /// The criteria a request could satisfy, paths aside.
    private func potential(_ hits: RouterHits) -> Criteria {
        var potential: Criteria = []
        if hits.host != CriteriaKey.none { potential.insert(.host) }
        if hits.method != CriteriaKey.none { potential.insert(.method) }
        if hits.sni != CriteriaKey.none { potential.insert(.sni) }
        if let peer = hits.source, tables.sources.couldMatch(peer) { potential.insert(.source) }
        if let peer = hits.destination, tables.destinations.couldMatch(peer) { potential.insert(.destination) }
        return potential
    }

    private func walk(
        _ allowed: UInt64, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> (order: UInt32, place: Int) {
        var remaining = allowed & tables.hostMasks.mask(hits.host) & tables.methodMasks.mask(hits.method)
        remaining &= tables.sniMasks.mask(hits.sni)
        while remaining != 0 {
            let place = remaining.trailingZeroBitCount
            remaining &= remaining &- 1
            let order = winner(place, hits, path, scratch)
            if order != CriteriaKey.none { return (order, place) }
        }
        return (CriteriaKey.none, 0)
    }

    /// The route of one category that Kong would take.
    ///
    /// Routes that match have the hit host, method and SNI, so a shortest list of one of these holds them all: the
    /// first of all is the answer. Lists by path and address do not: if one of them is the shortest, a route in it
    /// goes before older ones that match otherwise.
    private func winner(
        _ place: Int, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> UInt32 {
        let criteria = tables.categories[place].criteria
        let slot = tables.keys.find(key(criteria, place, hits))
        let scanned = !tables.categories[place].scanned.isEmpty
        if slot < 0 && !scanned { return CriteriaKey.none }
        if criteria.isDisjoint(with: [.path, .source, .destination]) {
            let first = slot < 0 ? CriteriaKey.none : tables.keys.slots[slot].first
            return scanned ? firstScanned(place, below: first, hits, path, scratch) { _ in true } : first
        }
        // With paths as the only criterion their list is the only one, and need not be the shortest.
        if criteria == .path {
            let own = listed(.path, place, slot, hits, path, scratch)
            if own != CriteriaKey.none { return own }
        }
        var first = slot < 0 ? CriteriaKey.none : firstOfAll(slot, hits, path, scratch)
        if scanned { first = firstScanned(place, below: first, hits, path, scratch) { _ in true } }
        let isAlone = !scanned && slot >= 0 && tables.keys.slots[slot].isSingle
        if first == CriteriaKey.none || criteria == .path || isAlone { return first }
        return preferred(to: first, place, slot, hits, path, scratch)
    }

    private func key(_ criteria: Criteria, _ place: Int, _ hits: RouterHits) -> CriteriaKey {
        CriteriaKey(
            category: UInt16(truncatingIfNeeded: place),
            host: criteria.contains(.host) ? hits.host : CriteriaKey.none,
            method: criteria.contains(.method) ? hits.method : CriteriaKey.none,
            sni: criteria.contains(.sni) ? hits.sni : CriteriaKey.none)
    }

    /// The first route of a combination any of whose paths matches.
    private func firstOfAll(
        _ slot: Int, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> UInt32 {
        var first = CriteriaKey.none
        if hits.prefix >= 0 {
            let rank = UInt32(truncatingIfNeeded: hits.prefix)
            let segment = tables.plain.find(tables.keys.slots[slot].plain, rank: rank)
            if segment >= 0 { first = tables.plain.segments[segment].first }
        }
        let regexes = tables.keys.slots[slot].regex
        return regexes.count == 0 ? first : firstRegex(regexes, below: first, path, scratch)
    }

    /// Another route of the category, if the shortest list of candidates does not hold `first` but a match.
    private func preferred(
        to first: UInt32, _ place: Int, _ slot: Int, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> UInt32 {
        var shortest: Criteria = []
        var length = UInt32.max
        for criterion in Criteria.each where tables.categories[place].criteria.contains(criterion) {
            let count = listLength(criterion, place, hits, path, scratch)
            if count > 0 && count < length { (shortest, length) = (criterion, count) }
        }
        guard !shortest.isDisjoint(with: [.path, .source, .destination]) else { return first }
        let listed = listed(shortest, place, slot, hits, path, scratch)
        return listed == CriteriaKey.none ? first : listed
    }

    private func listLength(
        _ criterion: Criteria, _ place: Int, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> UInt32 {
        func length(_ value: UInt32) -> UInt32 {
            tables.listLengths[RouterTables.listKey(criterion, place: place, value: value)]
        }
        switch criterion {
        case .host: return length(hits.host)
        case .method: return length(hits.method)
        case .sni: return length(hits.sni)
        case .path: return length(hitPath(hits, path, scratch).raw)
        default:
            guard let peer = criterion == .source ? hits.source : hits.destination else { return 0 }
            let lists = (criterion == .source ? tables.sources : tables.destinations).lists(peer)
            let byAddress = lists.address.map(length) ?? 0
            return byAddress > 0 ? byAddress : lists.port.map(length) ?? 0
        }
    }

    /// The first route that matches among those in the category's list for what the request hit.
    private func listed(
        _ criterion: Criteria, _ place: Int, _ slot: Int, _ hits: RouterHits, _ path: Span<UInt8>,
        _ scratch: RouterScratch
    ) -> UInt32 {
        guard criterion == .path else { return listedByAddress(criterion, place, hits, path, scratch) }
        let hit = hitPath(hits, path, scratch)
        let own = slot < 0 ? CriteriaKey.none : owner(of: hit, slot)
        guard !tables.categories[place].scanned.isEmpty else { return own }
        return firstScanned(place, below: own, hits, path, scratch) { order in
            tables.pathRange(order).contains { tables.routePaths[$0] == hit }
        }
    }

    private func listedByAddress(
        _ criterion: Criteria, _ place: Int, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch
    ) -> UInt32 {
        guard let peer = criterion == .source ? hits.source : hits.destination else { return CriteriaKey.none }
        let addresses = criterion == .source ? tables.sources : tables.destinations
        // Kong has a list for the address if any route of the category names it; else it takes that of the port.
        let byAddress = addresses.lists(peer).address.map {
            tables.listLengths[RouterTables.listKey(criterion, place: place, value: $0)] > 0
        }
        return firstScanned(place, below: CriteriaKey.none, hits, path, scratch) { order in
            addresses.isListed(peer, order: Int(order), byAddress: byAddress ?? false)
        }
    }

    /// The first of the routes that are looked at one by one, if it goes before `limit`; else `limit`.
    private func firstScanned(
        _ place: Int, below limit: UInt32, _ hits: RouterHits, _ path: Span<UInt8>, _ scratch: RouterScratch,
        where isCandidate: (UInt32) -> Bool
    ) -> UInt32 {
        let criteria = tables.categories[place].criteria
        for index in tables.categories[place].scanned.indices {
            let order = tables.categories[place].scanned[index].order
            if order >= limit { break }
            if tables.categories[place].scanned[index].matches(hits, criteria), isCandidate(order),
                matchesAddresses(order, criteria, hits),
                !criteria.contains(.path) || matchingPath(order, hits, path, scratch) != .none
            {
                return order
            }
        }
        return limit
    }

    private func matchesAddresses(_ order: UInt32, _ criteria: Criteria, _ hits: RouterHits) -> Bool {
        if criteria.contains(.source) {
            guard let peer = hits.source, tables.sources.matches(peer, order: Int(order)) else { return false }
        }
        if criteria.contains(.destination) {
            guard let peer = hits.destination, tables.destinations.matches(peer, order: Int(order)) else {
                return false
            }
        }
        return true
    }
}

extension ScannedRoute {
    /// Whether the route has the hit host, method and SNI.
    func matches(_ hits: RouterHits, _ criteria: Criteria) -> Bool {
        (!criteria.contains(.host) || Self.contains(hosts, hits.host))
            && (!criteria.contains(.method) || Self.contains(methods, hits.method))
            && (!criteria.contains(.sni) || Self.contains(snis, hits.sni))
    }

    private static func contains(_ values: [UInt32], _ value: UInt32) -> Bool {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low &+ high) &>> 1
            if values[middle] < value { low = middle &+ 1 } else { high = middle }
        }
        return low < values.count && values[low] == value
    }
}
