// Many writers at once on three nodes, over all entities; and counters that the nodes share.

import Foundation
import Glibc
import Synchronization
import Testing

extension EndToEnd {
    @Suite("Cluster under load", .enabled(if: Database.isInstalled))
    struct ClusterStorm {
        @Test func `after a storm of fifty writers all nodes agree and nothing acknowledged is missing`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            defer { origin.stop() }
            let pair = try KeyPair(name: "storm.test")
            try Database.with { database in
                try Node.several(3, database.bootstrapped("storm")) { nodes in
                    let writers = (0..<50).map {
                        Writer(
                            number: $0, nodes: nodes, port: origin.port, certificate: pair.certificate, key: pair.key)
                    }
                    let start = Moment.now
                    inParallel(writers.count) { writers[$0].run() }
                    let count = writers.reduce(0) { $0 + $1.answers.withLock { $0.count } }
                    Measured.note("storm: \(count) writes of 50 writers on 3 nodes in \(Moment.now - start) s")
                    for writer in writers {
                        let failures = writer.answers.withLock { $0.filter { !(200..<300).contains($0.status) } }
                        #expect(failures.isEmpty, "\(failures)")
                    }
                    for writer in writers {
                        for node in nodes {
                            #expect(eventually { writer.isServed(by: node) }, "\(writer.number)")
                        }
                        #expect(try writer.isStored(in: database), "\(writer.number)")
                    }
                    let owners = try database.sql(
                        "SELECT username FROM consumers WHERE username LIKE 'shared%'", in: "storm")
                    for (node, name) in nodes.flatMap({ node in owners.map { (node, $0) } }) {
                        #expect(try node.admin("GET", "/consumers/\(name)").status == 200)
                    }
                    #expect(owners.count <= 5)
                }
            }
        }

        @Test func `nodes share the counters of a limit`() throws {
            let origin = try Origin(answering: { _ in Origin.ok("ok", "X-Kong-Limit: video=2\r\n") })
            defer { origin.stop() }
            try Database.with { database in
                try Node.several(2, database.bootstrapped("limits")) { nodes in
                    let route = try nodes[0].route("/limited", to: origin.port)
                    try nodes[0].admin(
                        "POST", "/routes/\(route)/plugins",
                        ["name": "rate-limiting", "config": ["year": 20, "limit_by": "ip", "fault_tolerant": false]])
                    #expect(eventually { try nodes[1].get("/limited").fields["x-ratelimit-limit-year"] == "20" })
                    let passed = Counter()
                    inParallel(8) { number in
                        for _ in 0..<8 where nodes[number % 2].status("/limited") == 200 { passed.add(1) }
                    }
                    #expect(passed.value <= 19 && passed.value >= 15)
                    let rows = "SELECT value FROM ratelimiting_metrics WHERE route_id = '\(route)' AND period = 'year'"
                    #expect(try database.sql(rows, in: "limits") == ["20"])
                    for node in nodes { #expect(node.status("/limited") == 429) }

                    let counted = try nodes[0].route("/counted", to: origin.port)
                    try nodes[0].admin(
                        "POST", "/routes/\(counted)/plugins",
                        [
                            "name": "response-ratelimiting",
                            "config": ["limit_by": "ip", "limits": ["video": ["year": 6]]],
                        ])
                    #expect(eventually { try nodes[1].get("/counted").fields["x-ratelimit-limit-video-year"] == "6" })
                    let sums = "SELECT period, value FROM response_ratelimiting_metrics ORDER BY period"
                    let used = { try database.sql(sums, in: "limits").contains("video_year|6") }
                    #expect(eventually { try nodes[0].get("/counted").status == 429 && used() })
                    for node in nodes { #expect(node.status("/counted") == 429) }
                    #expect(try database.sql(sums, in: "limits").count == 6)
                }
            }
        }
    }
}

/// Runs `body` so many times at once, each on a thread of its own.
private func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        Thread.detachNewThread {
            body(number)
            group.leave()
        }
    }
    group.wait()
}

/// Writes rows of every kind that nobody else writes, and one of those that all fight over.
private final class Writer: Sendable {
    struct Answer {
        let request: String
        let status: Int
    }

    let number: Int
    let answers = Mutex<[Answer]>([])
    private let nodes: [Node]
    private let port: Int
    private let certificate: String
    private let key: String

    init(number: Int, nodes: [Node], port: Int, certificate: String, key: String) {
        self.number = number
        self.nodes = nodes
        self.port = port
        self.certificate = certificate
        self.key = key
    }

    /// All of the same length: a path must not be the beginning of another's.
    private var name: String { "w\(100 + number)" }

    /// Every fifth one takes its route and consumer away again.
    private var leaves: Bool { number % 5 == 0 }

    func run() {
        send("POST", "/services", ["name": name, "host": "127.0.0.1", "port": port, "tags": ["storm"]])
        send("POST", "/services/\(name)/routes", ["name": name, "paths": ["/\(name)"]])
        send("POST", "/routes/\(name)/plugins", ["name": "key-auth"])
        send("POST", "/services/\(name)/plugins", ["name": "correlation-id"])
        send("POST", "/consumers", ["username": name])
        send("POST", "/consumers/\(name)/key-auth", ["key": "old-\(name)"])
        send("POST", "/consumers/\(name)/basic-auth", ["username": name, "password": "p"])
        send("POST", "/consumers/\(name)/hmac-auth", ["username": name])
        send("POST", "/consumers/\(name)/jwt", ["key": name])
        send("POST", "/consumers/\(name)/acls", ["group": "g\(number % 7)"])
        send("POST", "/consumers/\(name)/oauth2", ["name": name, "redirect_uris": ["http://a.test"]])
        send("POST", "/upstreams", ["name": name])
        for weight in [1, 2] { send("POST", "/upstreams/\(name)/targets", ["target": "h:1", "weight": weight]) }
        send("POST", "/certificates", ["cert": certificate, "key": key, "snis": ["\(name).test"]])
        send("PUT", "/consumers/shared\(number % 5)", ["custom_id": "of-\(number % 5)"])
        send("PATCH", "/consumers/\(name)/key-auth/old-\(name)", ["key": name])
        send("PATCH", "/services/\(name)", ["retries": number])
        if number % 10 == 0 { send("DELETE", "/consumers/shared\(number % 5)") }
        guard leaves else { return }
        send("DELETE", "/routes/\(name)")
        send("DELETE", "/consumers/\(name)")
        send("DELETE", "/snis/\(name).test")
    }

    /// Each request goes to another node than the one before.
    private func send(_ method: String, _ path: String, _ body: [String: Any]? = nil) {
        let place = answers.withLock { $0.count }
        let answer = try? nodes[(number + place) % nodes.count].admin(method, path, body)
        answers.withLock { $0.append(Answer(request: "\(method) \(path)", status: answer?.status ?? 0)) }
    }

    func isServed(by node: Node) -> Bool {
        let path = "/\(name)"
        if leaves { return node.status(path) == 404 }
        return node.status(path, key: name) == 200 && node.status(path) == 401
            && node.status(path, key: "old-\(name)") != 200
    }

    func isStored(in database: Database) throws -> Bool {
        let owned = ["keyauth_credentials", "basicauth_credentials", "hmacauth_credentials", "jwt_secrets", "acls"]
            .map { table in
                "(SELECT count(*) FROM \(table) JOIN consumers c ON c.id = consumer_id WHERE c.username = '\(name)')"
            }
        let counts = try database.sql(
            "SELECT (SELECT retries FROM services WHERE name = '\(name)'), "
                + "(SELECT count(*) FROM routes WHERE name = '\(name)'), \(owned.joined(separator: ", ")), "
                + "(SELECT count(*) FROM targets JOIN upstreams u ON u.id = upstream_id WHERE name = '\(name)'), "
                + "(SELECT count(*) FROM snis WHERE name = '\(name).test')", in: "storm")
        return counts == [leaves ? "\(number)|0|0|0|0|0|0|2|0" : "\(number)|1|1|1|1|1|1|2|1"]
    }
}
