// Routes: what must and must not be set by protocol, wildcard hosts, paths and addresses.

import Entities
import Schema
import Testing

struct RouteTests {
    private let routes = EntityChecker(Route.self)

    @Test func `a route is completed`() throws {
        #expect(
            try routes.insert(["paths": ["/"]]) == [
                "id": .string(EntityChecker.id), "created_at": 1500, "updated_at": 1500, "name": .null,
                "protocols": ["http", "https"], "methods": .null, "hosts": .null, "paths": ["/"], "regex_priority": 0,
                "strip_path": true, "preserve_host": false, "snis": .null, "sources": .null, "destinations": .null,
                "tags": .null, "service": .null,
            ])
    }

    @Test func `a priority is a number that a database can hold`() throws {
        for priority in [1e16, -1e16, 1e300] {
            let fields = routes.fields(["paths": ["/"], "regex_priority": .number(priority)])
            #expect(fields.keys == ["regex_priority"])
        }
        #expect(try routes.insert(["paths": ["/"], "regex_priority": -5])["regex_priority"] == -5)
    }

    @Test func `an http route needs something to match on`() {
        let text = "must set one of 'methods', 'hosts', 'paths' when 'protocols' is 'http' or 'https'"
        #expect(routes.fields([:]) == ["@entity": [.string(text)]])
        #expect(routes.violations(["hosts": []]).message == "schema violation (\(text))")
    }

    @Test func `a stream route needs an address or a name and cannot have a path`() {
        #expect(
            routes.fields(["protocols": ["tcp"], "paths": ["/"]]) == [
                "@entity": [
                    "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp' or 'tls'",
                    "cannot set 'paths' when 'protocols' is 'tcp' or 'tls'",
                ],
                "paths": "length must be 0",
            ])
    }

    @Test(arguments: ["snis", "sources", "destinations"])
    func `an http route cannot have what is for streams`(field: String) {
        var input: JSONObject = ["paths": ["/"]]
        input[field] = field == "snis" ? ["a.test"] : [["port": 1]]
        var wanted: JSONObject = ["@entity": ["cannot set '\(field)' when 'protocols' is 'http' or 'https'"]]
        wanted[field] = "length must be 0"
        #expect(routes.fields(input) == wanted)
    }

    @Test func `mixed protocols are not checked`() throws {
        _ = try routes.insert(["protocols": ["http", "tcp"]])
    }

    @Test func `protocols that are wrong do not count for the other checks`() {
        #expect(routes.fields(["paths": ["/"], "protocols": []]) == ["protocols": "length must be at least 1"])
        #expect(
            routes.fields(["paths": ["/"], "protocols": ["http", "HTTPS"]])
                == ["protocols": [.null, "expected one of: http, https, tcp, tls"]])
    }

    private static let wrongHosts: [(String, String)] = [
        ("*.a.*", "invalid wildcard: must have at most one wildcard"),
        ("a.*.test", "invalid wildcard: must be placed at leftmost or rightmost label"),
        ("*a.test", "invalid wildcard: must be placed at leftmost or rightmost label"),
        ("a.test:80", "must not have a port"),
        ("a..test", "invalid value: a..test"),
        ("", "length must be at least 1"),
    ]

    @Test(arguments: wrongHosts)
    func `a wrong host is refused`(host: String, text: String) {
        #expect(routes.fields(["hosts": [.string(host)]]) == ["hosts": [.string(text)]])
    }

    @Test(arguments: ["*.a.test", "a.*", "a.test", "1.2.3.4"])
    func `a host may have a wildcard at either end`(host: String) throws {
        _ = try routes.insert(["hosts": [.string(host)]])
    }

    @Test func `methods are upper-case words`() {
        #expect(routes.fields(["methods": ["GET", "get"]]) == ["methods": [.null, "invalid value: get"]])
    }

    @Test func `a path that is no pattern is refused with PCRE's text`() {
        var syntax = SyntaxChecks()
        syntax.regexError = { _ in "missing )" }
        #expect(
            EntityChecker(Route.self, syntax: syntax).fields(["paths": ["/ok", "/a("]])
                == ["paths": [.null, "invalid regex: '/a(' (PCRE returned: missing ))"]])
    }

    private static let wrongSources: [(JSON, JSON)] = [
        ([:], ["@entity": ["at least one of these fields must be non-empty: 'ip', 'port'"]]),
        (["ip": "10.0.0.256"], ["ip": "invalid cidr range: Invalid octet: 256"]),
        (["ip": "10.0.0.0/33"], ["ip": "invalid cidr range: Invalid prefix: /33"]),
        (["port": 70000], ["port": "value should be between 0 and 65535"]),
        ("10.0.0.1", "expected a record"),
    ]

    @Test(arguments: wrongSources)
    func `a wrong source is refused`(source: JSON, error: JSON) {
        #expect(routes.fields(["protocols": ["tcp"], "sources": [source]]) == ["sources": [error]])
    }

    @Test func `sources are completed`() throws {
        let row = try routes.insert(["protocols": ["tls"], "sources": [["ip": "10.0.0.0/8"], ["port": 9000]]])
        #expect(row["sources"] == [["ip": "10.0.0.0/8", "port": .null], ["ip": .null, "port": 9000]])
        #expect(Route(row: row).sources?.map(\.port) == [nil, 9000])
    }
}
