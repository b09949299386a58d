// The index against the algorithm as documented, on tables and requests made at random.

import DataPlane
import Testing

@Suite struct `the compiled router` {
    @Test func `decides as the documented algorithm does`() {
        compare(RandomRoutes(seed: 1), tables: 2_000)
    }

    @Test func `decides as the documented algorithm does with addresses`() {
        var random = RandomRoutes(seed: 2)
        random.allowsAddresses = true
        compare(random, tables: 1_000)
    }

    @Test func `decides as the documented algorithm does on large tables`() {
        var random = RandomRoutes(seed: 3)
        random.isLarge = true
        compare(random, tables: 200)
    }

    private func compare(_ source: RandomRoutes, tables: Int) {
        var random = source
        let scratch = RouterScratch()
        for table in 0..<tables {
            let rules = random.table()
            let reference = ReferenceRouter(rules, .standard)
            let harness = RouterHarness(rules, scratch: scratch)
            for _ in 0..<20 {
                let request = random.request()
                let expected = reference.match(request)
                let found = harness.match(request)
                #expect(found?.route == expected?.route, "table \(table), \(request), \(rules)")
                guard let expected, let found, found.route == expected.route else { continue }
                #expect(found.pathEnd == end(expected.path, request.path), "table \(table), \(request), \(rules)")
                #expect(found.hasPath == (expected.path != nil))
            }
        }
    }

    private func end(_ path: String?, _ requestPath: String) -> Int? {
        guard let path else { return 0 }
        return RegexSyntax.isPlainPath(path.utf8) ? path.utf8.count : RegexOracle.standard.end(path, requestPath)
    }
}
