// Hosts, methods, server names and addresses, the order of categories, and the traps Kong's users know.

import DataPlane
import Testing

@Suite struct `criteria of routes` {
    @Test func `a wildcard host stands for at least one character`() {
        let routes = RouterHarness([RouteRule(hosts: ["*.shop.test"]), RouteRule(hosts: ["shop.*"])])
        #expect(routes.match(host: "a.b.shop.test:8000")?.route == 0)
        #expect(routes.match(host: "shop.co.uk")?.route == 1)
        #expect(routes.match(host: ".shop.test") == nil)
        #expect(routes.match(host: "shop.") == nil)
        #expect(routes.match(host: "ashop.test") == nil)
        #expect(routes.match(host: "x.shopxtest") == nil)
    }

    @Test func `hosts are compared with their case and without their port`() {
        let routes = RouterHarness([RouteRule(hosts: ["shop.test"])])
        #expect(routes.match(host: "shop.test:1")?.route == 0)
        #expect(routes.match(host: "Shop.test") == nil)
        #expect(routes.match(host: "shop.test.") == nil)
        #expect(routes.match(host: "") == nil)
    }

    @Test func `of wildcard hosts only the first in the order of routes is considered`() {
        let routes = RouterHarness([
            RouteRule(hosts: ["*.shop.test"], createdAt: 2),
            RouteRule(hosts: ["*.test"], methods: ["POST"], createdAt: 1),
        ])
        #expect(routes.match("GET", "a.shop.test") == nil)
        #expect(routes.match("POST", "a.shop.test")?.route == 1)
    }

    @Test func `an exact host on a route that fails otherwise hides wildcard routes`() {
        let routes = RouterHarness([
            RouteRule(hosts: ["*.shop.test"]), RouteRule(hosts: ["a.shop.test"], methods: ["POST"]),
        ])
        #expect(routes.match("GET", "a.shop.test") == nil)
        #expect(routes.match("GET", "b.shop.test")?.route == 0)
    }

    @Test func `more criteria win, then host over path over method`() {
        let routes = RouterHarness([
            RouteRule(methods: ["GET"]), RouteRule(paths: ["/a"]), RouteRule(hosts: ["x.test"]),
            RouteRule(hosts: ["x.test"], paths: ["/a"]), RouteRule(paths: ["/a"], methods: ["PUT"]),
            RouteRule(hosts: ["x.test"], paths: ["/a"], methods: ["PUT"]),
        ])
        #expect(routes.match("PUT", "x.test", "/a")?.route == 5)
        #expect(routes.match("GET", "x.test", "/a")?.route == 3)
        #expect(routes.match("PUT", "y.test", "/a")?.route == 4)
        #expect(routes.match("GET", "x.test", "/b")?.route == 2)
        #expect(routes.match("GET", "y.test", "/a")?.route == 1)
        #expect(routes.match("GET", "y.test", "/b") == RouteMatch(route: 0))
    }

    @Test func `every server name of a route counts as a criterion of its own`() {
        let routes = RouterHarness([
            RouteRule(hosts: ["x.test"], methods: ["GET"]), RouteRule(snis: ["a.test", "b.test", "c.test"]),
        ])
        #expect(routes.match("GET", "x.test", sni: "a.test")?.route == 1)
        #expect(routes.match("GET", "x.test", sni: "d.test")?.route == 0)
        #expect(routes.match("GET", "x.test")?.route == 0)
    }

    @Test func `the shortest list of candidates goes first, even before a longer prefix`() {
        let shared = (2..<6).map { RouteRule(hosts: ["h\($0).test"], paths: ["/a/b"], createdAt: $0) }
        let routes = RouterHarness(
            [
                RouteRule(hosts: ["x.test"], paths: ["/a"], createdAt: 0),
                RouteRule(hosts: ["x.test"], paths: ["/a/b"], createdAt: 1),
            ] + shared)
        // Two routes have the host, five the path: the older of the two wins, with its shorter prefix.
        #expect(routes.match("GET", "x.test", "/a/b") == RouteMatch(route: 0, pathEnd: 2, hasPath: true))
    }

    @Test func `routes of the same age go by id`() {
        let routes = RouterHarness([RouteRule(paths: ["/"], id: "b"), RouteRule(paths: ["/"], id: "a")])
        #expect(routes.match()?.route == 1)
    }

    @Test func `addresses match by range and port, of one family only`() throws {
        let rules = [
            RouteRule(sources: [AddressRule(ip: "10.0.0.0/8", port: 80)], createdAt: 1),
            RouteRule(sources: [AddressRule(ip: "10.1.0.0/16")], createdAt: 0),
            RouteRule(sources: [AddressRule(ip: "::/0")], createdAt: 2),
        ]
        let router = Router(rules, subsystem: .stream)
        let scratch = RouterScratch()
        func route(_ ip: String, _ port: Int) throws -> Int? {
            let source = PeerAddress(try #require(IPAddress(ip)), port: port)
            let none: [UInt8] = []
            return router.match(
                method: none.span, host: none.span, path: none.span, sni: nil, source: source, scratch: scratch)?.route
        }
        // A rule with both address and port goes before older ones in the stream subsystem.
        #expect(try route("10.1.2.3", 80) == 0)
        #expect(try route("10.1.2.3", 81) == 1)
        #expect(try route("2001:db8::1", 1) == 2)
        #expect(try route("192.168.0.1", 80) == nil)
    }

    @Test func `without routes nothing matches`() {
        #expect(RouterHarness([]).match() == nil)
    }
}
