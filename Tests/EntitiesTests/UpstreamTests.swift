// Upstreams and their targets.

import Entities
import Schema
import Testing

struct UpstreamTests {
    private let upstreams = EntityChecker(Upstream.self)

    @Test func `health checks have all their defaults`() throws {
        let row = try upstreams.insert(["name": "up.test", "healthchecks": ["active": ["timeout": 4]]])
        #expect(row["healthchecks"]?["active"]?["timeout"] == 4)
        #expect(
            row["healthchecks"]?["active"]?["unhealthy"] == [
                "interval": 0, "http_statuses": [429, 404, 500, 501, 502, 503, 504, 505], "tcp_failures": 0,
                "timeouts": 0, "http_failures": 0,
            ])
        #expect(
            row["healthchecks"]?["passive"] == [
                "type": "http",
                "healthy": [
                    "http_statuses": [
                        200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
                    ], "successes": 0,
                ],
                "unhealthy": [
                    "http_statuses": [429, 500, 503], "tcp_failures": 0, "timeouts": 0, "http_failures": 0,
                ],
            ])
        #expect(row["hash_on_cookie_path"] == "/")
        #expect(row["slots"] == 10000)
    }

    private static let wrongNames: [(String, String)] = [
        ("1.2.3.4", "Invalid name; no ip addresses allowed"),
        ("a.test:80", "Invalid name; no port allowed"),
        ("a b", "Invalid name; must be a valid hostname"),
        ("", "length must be at least 1"),
    ]

    @Test(arguments: wrongNames)
    func `a name is a host name`(name: String, text: String) {
        #expect(upstreams.fields(["name": .string(name)]) == ["name": .string(text)])
    }

    private static let wrongHashes: [(JSONObject, String, String, String)] = [
        (["hash_on": "header"], "hash_on", "hash_on_header", "required field missing"),
        (["hash_on": "cookie"], "hash_on", "hash_on_cookie", "required field missing"),
        (
            ["hash_on": "ip", "hash_fallback": "header"], "hash_fallback", "hash_fallback_header",
            "required field missing"
        ),
        (
            ["hash_on": "consumer", "hash_fallback": "cookie"], "hash_fallback", "hash_on_cookie",
            "required field missing"
        ),
        (["hash_on": "none", "hash_fallback": "ip"], "hash_on", "hash_fallback", "expected one of: none"),
        (
            ["hash_on": "ip", "hash_fallback": "ip"], "hash_on", "hash_fallback",
            "expected one of: none, consumer, header, cookie"
        ),
        (
            ["hash_on": "consumer", "hash_fallback": "consumer"], "hash_on", "hash_fallback",
            "expected one of: none, ip, header, cookie"
        ),
    ]

    @Test(arguments: wrongHashes)
    func `a hash needs its inputs`(input: JSONObject, condition: String, field: String, text: String) {
        var input = input
        input["name"] = "up.test"
        var wanted: JSONObject = ["@entity": ["failed conditional validation given value of field '\(condition)'"]]
        wanted[field] = .string(text)
        #expect(upstreams.fields(input) == wanted)
    }

    @Test func `the two hash headers differ`() {
        #expect(
            upstreams.fields([
                "name": "up.test", "hash_on": "header", "hash_on_header": "X", "hash_fallback": "header",
                "hash_fallback_header": "X",
            ]) == [
                "@entity": ["values of these fields must be distinct: 'hash_on_header', 'hash_fallback_header'"]
            ])
    }

    @Test(arguments: ["round-robin", "least-connections", "latency"])
    func `a tag chooses how targets are chosen`(algorithm: String) throws {
        let row = try upstreams.insert([
            "name": "up.test", "tags": ["blue", .string("gibbon.algorithm.\(algorithm)")],
        ])
        #expect(BalancingTag.find(in: Upstream(row: row).tags ?? [])?.rawValue == algorithm)
        #expect(row["tags"]?.array?.count == 2)
    }

    @Test(arguments: ["gibbon.algorithm.least_conn", "gibbon.algorithm.", "gibbon.algoritm.latency", "Gibbon.x"])
    func `a tag of the gateway's that it does not know is refused and the known ones are named`(tag: String) {
        let text =
            "invalid tag '\(tag)': expected one of: gibbon.algorithm.round-robin, "
            + "gibbon.algorithm.least-connections, gibbon.algorithm.latency"
        #expect(upstreams.fields(["name": "up.test", "tags": ["blue", .string(tag)]]) == ["tags": .string(text)])
    }

    @Test func `only one tag chooses`() {
        let tags: JSON = ["gibbon.algorithm.latency", "gibbon.algorithm.round-robin"]
        let text =
            "only one of these tags may be given: gibbon.algorithm.latency, gibbon.algorithm.round-robin"
        #expect(upstreams.fields(["name": "up.test", "tags": tags]) == ["tags": .string(text)])
    }

    @Test func `who hashes can't choose by a tag as well`() {
        let text =
            "'gibbon.algorithm.latency' and hash_on exclude each other: remove the tag, or set hash_on to none"
        #expect(
            upstreams.fields(["name": "up.test", "hash_on": "ip", "tags": ["gibbon.algorithm.latency"]]) == [
                "tags": .string(text), "@entity": ["failed conditional validation given value of field 'hash_on'"],
            ])
    }

    @Test func `tags of others are no concern`() throws {
        for tags: JSON in [["gibbons", "my.gibbon.algorithm.x"], [], .null] {
            let row = try upstreams.insert(["name": "up.test", "hash_on": "ip", "tags": tags])
            #expect(BalancingTag.find(in: Upstream(row: row).tags ?? []) == nil)
        }
    }

    @Test func `of several tags that a node of Kong has stored the first counts`() {
        let tags = ["x", "gibbon.algorithm.x", "gibbon.algorithm.latency", "gibbon.algorithm.round-robin"]
        #expect(BalancingTag.find(in: tags) == .latency)
    }

    @Test func `errors deep in the health checks keep their place`() {
        #expect(
            upstreams.fields(["name": "up.test", "healthchecks": ["active": ["healthy": ["http_statuses": [99]]]]]) == [
                "healthchecks": [
                    "active": ["healthy": ["http_statuses": ["value should be between 100 and 999"]]]
                ]
            ])
    }

    @Test func `what is hashed cannot be null`() {
        #expect(
            upstreams.fields(["name": "up.test", "hash_on": .null]) == [
                "@entity": [
                    "failed conditional validation given value of field 'hash_on'",
                    "failed conditional validation given value of field 'hash_on'",
                ],
                "hash_on_cookie": "required field missing", "hash_on_header": "required field missing",
            ])
    }

    @Test func `false counts as none for a check across fields and for a record`() throws {
        #expect(
            upstreams.fields(["name": "up.test", "hash_fallback": false]) == ["hash_fallback": "expected a string"])
        let row = try upstreams.insert(["name": "up.test", "healthchecks": false])
        #expect(row["healthchecks"]?["active"]?["timeout"] == 1)
    }

    private static let targets: [(String, String)] = [
        ("10.0.0.1", "10.0.0.1:8000"), ("a.test:80", "a.test:80"),
        ("::1", "[0000:0000:0000:0000:0000:0000:0000:0001]:8000"),
        ("[FE80::1]:90", "[fe80:0000:0000:0000:0000:0000:0000:0001]:90"),
    ]

    @Test(arguments: targets)
    func `a target is stored with its port`(given: String, stored: String) throws {
        let row = try EntityChecker(Target.self).insert([
            "target": .string(given), "upstream": ["id": .string(EntityChecker.id)],
        ])
        #expect(row["target"] == .string(stored))
        #expect(row["weight"] == 100)
    }

    @Test(arguments: ["a b:80", "", "a.test:99999"])
    func `a target that is no address is refused`(given: String) {
        let fields = EntityChecker(Target.self).fields([
            "target": .string(given), "upstream": ["id": .string(EntityChecker.id)],
        ])
        #expect(fields == ["target": "Invalid target; not a valid hostname or ip address"])
    }

    @Test func `a target in a URL is looked up as it is stored`() throws {
        let targets = EntityChecker(Target.self)
        #expect(
            try targets.schema.rowName("10.0.0.1", in: targets.context)
                == .key(field: "target", value: "10.0.0.1:8000"))
    }
}
