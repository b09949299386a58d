// How long the router takes to compile and to answer, by shape and number of routes. Not a test: figures depend on
// the machine. Prints, for each shape, the time of a hit, of a request whose values exist but fit no route (miss), and
// of one whose values no route has (none), as the mean over many different requests, so that caches are not flattered.

import DataPlane

struct Request {
    var method: [UInt8]
    var host: [UInt8]
    var path: [UInt8]

    init(_ method: String, _ host: String, _ path: String) {
        self.method = [UInt8](method.utf8)
        self.host = [UInt8](host.utf8)
        self.path = [UInt8](path.utf8)
    }
}

/// A kind of route table, and requests for it by number.
struct Shape {
    var name: String
    var rule: (Int) -> RouteRule
    var hit: (Int) -> Request
    var miss: (Int) -> Request
    var none: (Int) -> Request
}

func five(_ number: Int) -> String {
    String(String(100_000 + number).dropFirst(number < 900_000 ? 1 : 0))
}

func nothing(_: Int) -> Request { Request("DELETE", "nobody.example", "/nothing/at/all") }

let shapes: [Shape] = [
    Shape(
        name: "hosts x paths",
        rule: { RouteRule(hosts: ["h\(five($0 / 10)).example.com"], paths: ["/svc\($0 % 10)/v1"], createdAt: $0) },
        hit: { Request("GET", "h\(five($0 / 10)).example.com", "/svc\($0 % 10)/v1/items/42") },
        miss: { Request("GET", "h\(five($0 / 10)).example.com", "/svc\($0 % 10)/v2/items/42") }, none: nothing),
    Shape(
        name: "prefixes, no host",
        rule: { RouteRule(paths: ["/api/svc\(five($0))/v1"], createdAt: $0) },
        hit: { Request("GET", "any.example", "/api/svc\(five($0))/v1/items/42") },
        miss: { Request("GET", "any.example", "/api/svc\(five($0))/v2/items/42") }, none: nothing),
    Shape(
        name: "prefixes on one host",
        rule: { RouteRule(hosts: ["one.example"], paths: ["/api/svc\(five($0))/v1"], createdAt: $0) },
        hit: { Request("GET", "one.example", "/api/svc\(five($0))/v1/items/42") },
        miss: { Request("GET", "one.example", "/api/svc\(five($0))/v2/items/42") }, none: nothing),
    Shape(
        name: "hosts on one path",
        rule: { RouteRule(hosts: ["h\(five($0)).example.com"], paths: ["/"], createdAt: $0) },
        hit: { Request("GET", "h\(five($0)).example.com:8000", "/items/42") },
        miss: { Request("GET", "x\(five($0)).example.com", "/items/42") }, none: nothing),
    Shape(
        name: "wildcard hosts",
        rule: { RouteRule(hosts: ["*.h\(five($0)).example.com"], createdAt: $0) },
        hit: { Request("GET", "a.b.h\(five($0)).example.com", "/items/42") },
        miss: { Request("GET", "a.b.x\(five($0)).example.com", "/items/42") }, none: nothing),
    Shape(
        name: "nested prefixes",
        rule: { number in
            let depth = String(repeating: "/a", count: 1 + number % 40)
            return RouteRule(hosts: ["h\(five(number / 40)).example.com"], paths: [depth], createdAt: -number)
        },
        hit: { Request("GET", "h\(five($0 / 40)).example.com", String(repeating: "/a", count: 1 + $0 % 40) + "/b") },
        miss: { Request("GET", "h\(five($0 / 40)).example.com", "/b" + String(repeating: "/a", count: 1 + $0 % 40)) },
        none: nothing),
    Shape(
        name: "all categories",
        rule: { number in
            var rule = RouteRule(createdAt: number)
            // Seven of the eight combinations of criteria; all three in every seventh route.
            let kind = number % 7
            if kind & 1 == 0 { rule.hosts = ["k\(kind)h\(five(number / 3)).example.com"] }
            if kind & 2 == 0 { rule.paths = ["/k\(kind)svc\(five(number / 5))"] }
            if kind & 4 == 0 { rule.methods = [["GET", "POST"][number / 7 % 2]] }
            return rule
        },
        hit: { Request("GET", "k0h\(five($0 / 7 * 7 / 3)).example.com", "/k0svc\(five($0 / 7 * 7 / 5))/x") },
        miss: { Request("PUT", "k0h\(five($0 / 7 * 7 / 3)).example.com", "/k0svc\(five($0 / 7 * 7 / 5))/x") },
        none: nothing),
    Shape(
        name: "regexes, own prefixes",
        rule: { RouteRule(paths: ["/svc\(five($0))/items/(?<id>\\d+)$"], createdAt: $0) },
        hit: { Request("GET", "any.example", "/svc\(five($0))/items/42") },
        miss: { Request("GET", "any.example", "/svc\(five($0))/items/x") }, none: nothing),
    Shape(
        name: "regexes, one prefix",
        rule: { RouteRule(paths: ["/users/\\d+/svc\(five($0))/"], createdAt: $0) },
        hit: { Request("GET", "any.example", "/users/4711/svc\(five($0))/x") },
        miss: { Request("GET", "any.example", "/users/4711/svc\(five($0))x") }, none: nothing),
    Shape(
        name: "regexes by host",
        rule: { RouteRule(hosts: ["h\(five($0)).example.com"], paths: ["/[a-z]+/\\d+"], createdAt: $0) },
        hit: { Request("GET", "h\(five($0)).example.com", "/items/42") },
        miss: { Request("GET", "h\(five($0)).example.com", "/items/x") }, none: nothing),
]

let clock = ContinuousClock()

func nanoseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1e9 + Double(duration.components.attoseconds) / 1e9
}

func measure(_ router: Router, _ requests: [Request], matched: Bool) -> Int {
    let scratch = RouterScratch()
    var found = 0
    var best = Double.infinity
    for _ in 0..<5 {
        found = 0
        let start = clock.now
        for request in requests {
            let match = router.match(
                method: request.method.span, host: request.host.span, path: request.path.span, sni: nil,
                scratch: scratch)
            if match != nil { found += 1 }
        }
        best = min(best, nanoseconds(clock.now - start) / Double(requests.count))
    }
    if found != (matched ? requests.count : 0) { print("\(found) of \(requests.count) requests matched") }
    return Int(best)
}

func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}

print(pad("shape", 24), pad("routes", 8), pad("compile ms", 12), pad("hit ns", 8), pad("miss ns", 8), "none ns")
for shape in shapes {
    for count in [1_000, 10_000, 100_000] {
        let rules = (0..<count).map(shape.rule)
        let start = clock.now
        let router = Router(rules)
        let compile = nanoseconds(clock.now - start) / 1e6
        // Far apart from each other, in an order that no cache foresees.
        let numbers = (0..<20_000).map { $0 * 7_919 % count }
        let hits = measure(router, numbers.map(shape.hit), matched: true)
        let misses = measure(router, numbers.map(shape.miss), matched: false)
        let nones = measure(router, numbers.map(shape.none), matched: false)
        let tenths = Int(compile * 10)
        print(
            pad(shape.name, 24), pad(String(count), 8), pad("\(tenths / 10).\(tenths % 10)", 12), pad(String(hits), 8),
            pad(String(misses), 8), nones)
    }
}
