// The second half of compiling: from numbered values to the table of combinations.

extension RouterCompiler {
    /// Enters a route under every combination of its values, or among those that are looked at one by one.
    mutating func index(_ order: Int, _ values: RouteValues) {
        let place = place(order)
        countLists(order, values, place)
        let paths = tables.pathRange(UInt32(order)).count
        let combinations = [values.hosts.count, values.methods.count, values.snis.count, paths]
            .reduce(1) { $0 * max(1, $1) }
        let hasAddresses = !tables.categories[place].criteria.isDisjoint(with: [.source, .destination])
        if hasAddresses || combinations > Self.combinationLimit {
            let route = ScannedRoute(
                order: UInt32(order), hosts: values.hosts.sorted(), methods: values.methods.sorted(),
                snis: values.snis.sorted())
            tables.categories[place].scanned.append(route)
            return
        }
        for host in Self.orNone(values.hosts) {
            for method in Self.orNone(values.methods) {
                for sni in Self.orNone(values.snis) {
                    let key = CriteriaKey(category: UInt16(place), host: host, method: method, sni: sni)
                    enter(order, key: UInt32(tables.keys.intern(key)))
                }
            }
        }
    }

    private static func orNone(_ values: [UInt32]) -> [UInt32] {
        values.isEmpty ? [CriteriaKey.none] : values
    }

    private mutating func enter(_ order: Int, key: UInt32) {
        noteRoute(order, key)
        for position in tables.pathRange(UInt32(order)) {
            let path = tables.routePaths[position]
            if path.isPattern {
                regexEntries.append(RegexEntry(key: key, pattern: UInt32(path.index), order: UInt32(order)))
            } else {
                plainEntries.append(PlainEntry(key: key, rank: UInt32(path.index), order: UInt32(order)))
            }
        }
    }

    /// Routes come in order, so the first to have a combination is the one to keep.
    private mutating func noteRoute(_ order: Int, _ key: UInt32) {
        if Int(key) == firstRoutes.count {
            firstRoutes.append(UInt32(order))
            isShared.append(false)
        } else if firstRoutes[Int(key)] != order {
            isShared[Int(key)] = true
        }
    }

    private mutating func countLists(_ order: Int, _ values: RouteValues, _ place: Int) {
        for host in values.hosts { count(.host, place, host) }
        for method in values.methods { count(.method, place, method) }
        for sni in values.snis { count(.sni, place, sni) }
        for position in tables.pathRange(UInt32(order)) { count(.path, place, tables.routePaths[position].raw) }
        let rule = Int(tables.rules[order])
        for list in tables.sources.add(rules[rule].sources, order: order) { count(.source, place, list) }
        for list in tables.destinations.add(rules[rule].destinations, order: order) { count(.destination, place, list) }
    }

    private mutating func count(_ criterion: Criteria, _ place: Int, _ value: UInt32) {
        tables.listLengths.increment(RouterTables.listKey(criterion, place: place, value: value))
    }

    /// Groups the paths of every combination and tells its slot where they are.
    mutating func settleKeys() {
        let keyCount = tables.keys.count
        tables.plain = PlainPaths(plainEntries, tree: tables.paths, keyCount: keyCount)
        let byPattern = PlainPaths.group(regexEntries, count: patterns.count) { Int($0.pattern) }
        tables.regexesByOrder = PlainPaths.group(regexEntries, count: keyCount) { Int($0.key) }
        tables.regexesByPattern = PlainPaths.group(byPattern, count: keyCount) { Int($0.key) }
        var regexRanges = [(start: UInt32, count: UInt32)](repeating: (0, 0), count: keyCount)
        for (position, entry) in tables.regexesByOrder.enumerated() {
            if regexRanges[Int(entry.key)].count == 0 { regexRanges[Int(entry.key)].start = UInt32(position) }
            regexRanges[Int(entry.key)].count += 1
        }
        let (ranges, firsts, shared) = (tables.plain.ranges, firstRoutes, isShared)
        tables.keys.settle { number, slot in
            slot.plain = ranges[number]
            slot.regex = regexRanges[number]
            slot.first = firsts[number]
            slot.isSingle = !shared[number]
        }
    }

    mutating func settleMasks(_ values: [RouteValues]) {
        tables.hostMasks = masks(.host, count: tables.hosts.count, values.map(\.hosts))
        tables.methodMasks = masks(.method, count: tables.methods.count, values.map(\.methods))
        tables.sniMasks = masks(.sni, count: tables.snis.count, values.map(\.snis))
    }

    private func masks(_ criterion: Criteria, count: Int, _ values: [[UInt32]]) -> CategoryMasks {
        var without: UInt64 = 0
        for (place, category) in tables.categories.enumerated() where !category.criteria.contains(criterion) {
            without |= 1 << UInt64(place)
        }
        var byValue = [UInt64](repeating: without, count: count)
        for (order, numbers) in values.enumerated() where !numbers.isEmpty {
            let bit: UInt64 = 1 << UInt64(place(order))
            for number in numbers { byValue[Int(number)] |= bit }
        }
        return CategoryMasks(byValue: byValue, without: without)
    }
}
