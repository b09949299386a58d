// Active checks of real targets: how they are found out and found well again, how often they are asked, and what of
// that outlives a reload, a change and the border of a node.

import Foundation
import Glibc
import Synchronization
import Testing

extension EndToEnd {
    @Suite("Health")
    struct Health {
        private static func active(_ own: [String: Any] = [:]) -> [String: Any] {
            let rules: [String: Any] = [
                "healthy": ["interval": 0.1, "successes": 2],
                "unhealthy": ["interval": 0.1, "http_failures": 2, "tcp_failures": 2, "timeouts": 2],
            ]
            return ["healthchecks": ["active": rules.merging(own) { $1 }]]
        }

        private static func becomes(_ health: String, _ pool: Pool, _ port: Int) -> Bool {
            eventually(within: 20) { try pool.health(port) == health }
        }

        /// An upstream that answers what `status` says; 0 is silence, 1 is no HTTP.
        private static func origin(_ status: Atomically) throws -> Origin {
            try Origin { socket, origin in
                while let request = try socket.request() {
                    origin.note(request)
                    switch status.value {
                    case 0: _ = try socket.rest()
                    case 1: try socket.send("SSH-2.0-none\r\n")
                    case let code: try socket.send("HTTP/1.1 \(code) x\r\nContent-Length: 0\r\n\r\n")
                    }
                }
            }
        }

        final class Atomically: Sendable {
            private let atomic = Atomic(200)
            var value: Int { atomic.load(ordering: .relaxed) }
            func set(_ value: Int) { atomic.store(value, ordering: .relaxed) }
        }

        @Test(arguments: [500, 0, 1])
        func `http probes take a target out and bring it back`(bad: Int) throws {
            let status = Atomically()
            let (sick, well) = (try Self.origin(status), try Self.origin(Atomically()))
            defer { for origin in [sick, well] { origin.stop() } }
            try Node.with { node throws in
                let upstream = Self.active(["timeout": 0.3, "http_path": "/alive"])
                let pool = try Pool.make(on: node, upstream, targets: [(sick.port, 100), (well.port, 100)])
                #expect(Self.becomes("HEALTHY", pool, sick.port))
                status.set(bad)
                #expect(Self.becomes("UNHEALTHY", pool, sick.port))
                #expect(pool.send(20).isEmpty)
                #expect(try pool.health(well.port) == "HEALTHY")
                status.set(200)
                #expect(Self.becomes("HEALTHY", pool, sick.port))
                #expect(sick.requests.contains("GET /alive HTTP/1.0"))
            }
        }

        @Test func `tcp probes take a target of streams out and bring it back`() throws {
            let ports = try LocalAddress.freePorts(2)
            let echo: @Sendable (Socket, Origin) throws -> Void = { socket, _ in try socket.send(try socket.some()) }
            let well = try Origin(echo)
            defer { well.stop() }
            try Node.with(["stream_listen": "127.0.0.1:\(ports[0])"]) { node throws in
                let route: [String: Any] = [
                    "protocols": ["tcp"], "paths": NSNull(), "sources": [["ip": "127.0.0.0/8"]],
                ]
                let pool = try Pool.make(
                    on: node, Self.active(["type": "tcp"]), targets: [(ports[1], 100), (well.port, 100)],
                    service: ["protocol": "tcp", "retries": 0], route: route)
                #expect(Self.becomes("UNHEALTHY", pool, ports[1]))
                for _ in 0..<10 {
                    let client = try Socket.connect(port: ports[0])
                    try client.send("x\n")
                    #expect(try client.line() == "x", "no stream goes to the target that is out")
                }
                let listener = try #require(try LocalAddress.listen(port: ports[1]))
                #expect(Self.becomes("HEALTHY", pool, ports[1]))
                close(listener)
                #expect(Self.becomes("UNHEALTHY", pool, ports[1]))
                #expect(try pool.health(well.port) == "HEALTHY")
            }
        }

        @Test func `https probes verify the certificate unless they are told not to`() throws {
            let (known, stranger) = (try KeyPair(name: "s.test"), try KeyPair(name: "s.test"))
            let files = ["k.crt": known.certificate, "k.key": known.key, "s.crt": stranger.certificate]
            let all = files.merging(["s.key": stranger.key]) { $1 }
            try Node.with(["lua_ssl_trusted_certificate": "%/k.crt"], files: all) { node throws in
                let ports = try LocalAddress.freePorts(2)
                let servers = zip(ports, ["k", "s"]).map { port, name in
                    """
                    server {
                        listen 127.0.0.1:\(port) ssl;
                        ssl_certificate \(node.prefix)/\(name).crt;
                        ssl_certificate_key \(node.prefix)/\(name).key;
                        location / { return 200; }
                    }

                    """
                }
                try Daemon.nginx(servers.joined(), port: ports[0]) { () throws in
                    let rules: [String: Any] = ["type": "https", "https_sni": "s.test"]
                    let pool = try Pool.make(on: node, Self.active(rules), targets: ports.map { ($0, 100) })
                    #expect(Self.becomes("UNHEALTHY", pool, ports[1]))
                    #expect(try pool.health(ports[0]) == "HEALTHY")

                    let careless = Self.active(rules.merging(["https_verify_certificate": false]) { $1 })
                    try node.admin("PATCH", "/upstreams/pool", careless)
                    #expect(Self.becomes("HEALTHY", pool, ports[1]))

                    let other: [String: Any] = ["https_sni": "other.test", "https_verify_certificate": true]
                    let otherName = Self.active(rules.merging(other) { $1 })
                    try node.admin("PATCH", "/upstreams/pool", otherName)
                    #expect(Self.becomes("UNHEALTHY", pool, ports[0]))
                }
            }
        }

        @Test func `a target is probed once a node at each interval, however many event loops and upstreams there are`()
            throws
        {
            let origin = try Self.origin(Atomically())
            defer { origin.stop() }
            try Node.with(["nginx_worker_processes": "4"]) { node throws in
                let start = Moment.now
                let pool = try Pool.make(
                    on: node, Self.active(["healthy": ["interval": 0.25, "successes": 1]]),
                    targets: [(origin.port, 100)])
                #expect(pool.send(8, connections: 8).isEmpty)
                #expect(eventually(within: 20) { probes(origin) >= 8 })
                let most = Int((Moment.now - start) / 0.25) + 2
                #expect(probes(origin) <= most, "\(probes(origin)) probes")
            }
        }

        private func probes(_ origin: Origin) -> Int {
            origin.requests.count { $0.hasSuffix("HTTP/1.0") }
        }

        @Test func `health outlives a reload, changes of other targets and of the upstream`() throws {
            let (one, two) = (try Self.origin(Atomically()), try Self.origin(Atomically()))
            defer { for origin in [one, two] { origin.stop() } }
            try Node.with { node throws in
                let passive: [String: Any] = ["healthchecks": ["passive": ["unhealthy": ["tcp_failures": 1]]]]
                let pool = try Pool.make(on: node, passive, targets: [(one.port, 100), (two.port, 100)])
                #expect(
                    try node.admin("POST", "/upstreams/pool/targets/127.0.0.1:\(one.port)/unhealthy").status == 204)
                #expect(try pool.health(one.port) == "UNHEALTHY")
                let other = try LocalAddress.freePorts(1)[0]
                try node.admin("POST", "/upstreams/pool/targets", ["target": "127.0.0.1:\(other)", "weight": 1])
                try node.admin("POST", "/upstreams/pool/targets", ["target": "127.0.0.1:\(one.port)", "weight": 50])
                try node.admin("PATCH", "/upstreams/pool", ["slots": 100, "tags": ["gibbon.algorithm.latency"]])
                #expect(try pool.health(one.port) == "UNHEALTHY")
                try node.admin("DELETE", "/upstreams/pool/targets/127.0.0.1:\(other)")

                let before = Set(node.workers)
                #expect(try node.kong("reload").status == 0)
                #expect(eventually(within: 20) { !before.isSuperset(of: node.workers) && node.workers.count == 1 })
                #expect(try pool.health(one.port) == "UNHEALTHY")
                #expect(try pool.health(two.port) == "HEALTHY")
                let asked = one.requests.count
                #expect(pool.send(20).isEmpty)
                #expect(one.requests.count == asked)
                #expect(
                    try node.admin("POST", "/upstreams/pool/targets/127.0.0.1:\(one.port)/healthy").status == 204)
                #expect(pool.send(20).isEmpty)
                #expect(one.requests.count > asked)
            }
        }

        @Test(.enabled(if: Database.isInstalled))
        func `what a person says of a target on one node all nodes go by`() throws {
            let (one, two) = (try Self.origin(Atomically()), try Self.origin(Atomically()))
            defer { for origin in [one, two] { origin.stop() } }
            try Database.with { database in
                try Node.several(2, database.bootstrapped("health")) { nodes in
                    let passive: [String: Any] = ["healthchecks": ["passive": ["unhealthy": ["tcp_failures": 1]]]]
                    let pools = [
                        try Pool.make(on: nodes[0], passive, targets: [(one.port, 100), (two.port, 100)]),
                        Pool(node: nodes[1]),
                    ]
                    #expect(eventually { nodes[1].status("/") == 200 })
                    for (setter, reader) in [(0, 1), (1, 0)] {
                        for state in ["unhealthy", "healthy"] {
                            let path = "/upstreams/pool/targets/127.0.0.1:\(one.port)/\(state)"
                            #expect(try nodes[setter].admin("POST", path).status == 204)
                            let wanted = state.uppercased()
                            #expect(eventually(within: 10) { try pools[reader].health(one.port) == wanted })
                            #expect(try pools[setter].health(one.port) == wanted)
                        }
                    }
                    try nodes[0].admin("POST", "/upstreams/pool/targets/127.0.0.1:\(one.port)/unhealthy")
                    #expect(eventually(within: 10) { try pools[1].health(one.port) == "UNHEALTHY" })
                    let asked = one.requests.count
                    #expect(pools[1].send(20).isEmpty)
                    #expect(one.requests.count == asked)
                }
            }
        }
    }
}
