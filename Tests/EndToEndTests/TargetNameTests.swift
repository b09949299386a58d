// Targets that are names, with a real name server: what it says is followed, and while it says nothing all goes on.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Targets that are names", .enabled(if: NameServer.isInstalled))
    struct TargetNames {
        /// A node that asks this server, with a pool that has the target `t.test` and one route.
        private func with(
            _ server: NameServer, _ target: String, hosts: String = "", _ body: (Pool) throws -> Void
        ) throws {
            let settings = [
                "dns_resolver": "127.0.0.1:\(server.port)", "dns_hostsfile": "%/hosts",
                "dns_error_ttl": "0.1", "dns_not_found_ttl": "0.1", "dns_stale_ttl": "0.1",
            ]
            try Node.with(settings, files: ["hosts": hosts]) { node throws in
                let pool = try Pool.make(on: node, ["slots": 40], targets: [], service: ["retries": 2])
                try node.admin("POST", "/upstreams/pool/targets", ["target": target])
                try body(pool)
            }
        }

        /// Upstreams that answer with their number.
        private func origins(_ count: Int) throws -> [Origin] {
            try (0..<count).map { number in try Origin(answering: { _ in Origin.ok("\(number)") }) }
        }

        /// How often each of them answers to 40 requests.
        private func shares(_ pool: Pool, _ count: Int = 2) throws -> [Int] {
            var shares = [Int](repeating: 0, count: count)
            let socket = try pool.node.connect()
            for _ in 0..<40 {
                let answer = try socket.get("/")
                if let number = Int(answer.text), answer.status == 200 { shares[number] += 1 }
            }
            return shares
        }

        @Test func `SRV records bring ports and weights, the best priority alone counts, and changes are followed`()
            throws
        {
            let origins = try origins(2)
            defer { for origin in origins { origin.stop() } }
            let ports = origins.map(\.port)
            let host = "--host-record=h.test,127.0.0.1"
            try NameServer.with { server throws in
                try server.know([
                    host, "--srv-host=t.test,h.test,\(ports[0]),1,30", "--srv-host=t.test,h.test,\(ports[1]),1,10",
                ])
                try with(server, "t.test:1") { pool throws in
                    #expect(eventually(within: 10) { try shares(pool) == [30, 10] })
                    // Another priority: who comes second is not asked.
                    try server.know([
                        host, "--srv-host=t.test,h.test,\(ports[0]),2,30",
                        "--srv-host=t.test,h.test,\(ports[1]),1,10",
                    ])
                    #expect(eventually(within: 20) { try shares(pool) == [0, 40] })
                    // Other weights, and one of 0, which counts as 1.
                    try server.know([
                        host, "--srv-host=t.test,h.test,\(ports[0]),1,0", "--srv-host=t.test,h.test,\(ports[1]),1,3",
                    ])
                    #expect(eventually(within: 20) { try shares(pool) == [10, 30] })
                }
            }
        }

        @Test(arguments: [1, 0])
        func `a name's address changes, with a lifetime and without`(lifetime: Int) throws {
            let origin = try origins(1)[0]
            defer { origin.stop() }
            try NameServer.with { server throws in
                try server.know(["--host-record=t.test,127.0.0.1"], lifetime: lifetime)
                try with(server, "t.test:\(origin.port)") { pool throws in
                    #expect(eventually(within: 10) { try shares(pool, 1) == [40] })
                    // Nobody listens there.
                    try server.know(["--host-record=t.test,127.0.0.77"], lifetime: lifetime)
                    #expect(eventually(within: 20) { try shares(pool, 1) == [0] })
                    try server.know(["--host-record=t.test,127.0.0.1"], lifetime: lifetime)
                    #expect(eventually(within: 20) { try shares(pool, 1) == [40] })
                    guard lifetime > 0 else { return }
                    // Without the server the last word holds.
                    server.stop()
                    let name = "failed to resolve target t.test"
                    #expect(eventually(within: 30) { pool.node.log("error.log").contains(name) })
                    #expect(try shares(pool, 1) == [40])
                }
            }
        }

        @Test func `a name may stand for an address of IPv6`() throws {
            try NameServer.with { server throws in
                try server.know([])
                let port = try LocalAddress.freePorts(1)[0]
                let pages = [("[::1]", 0), ("127.0.0.1", 1)].map { address, number in
                    "server { listen \(address):\(port); location / { return 200 \(number); } }\n"
                }
                try Daemon.nginx(pages.joined(), port: port) { () throws in
                    for target in ["six.test:\(port)", "[::1]:\(port)"] {
                        try with(server, target, hosts: "::1 six.test\n") { pool throws in
                            #expect(eventually(within: 10) { try shares(pool) == [40, 0] })
                        }
                    }
                }
            }
        }

        @Test func `a name that does not exist is told as such, and found when it does`() throws {
            let origin = try origins(1)[0]
            defer { origin.stop() }
            try NameServer.with { server throws in
                try server.know([])
                try with(server, "t.test:\(origin.port)") { pool throws in
                    let name = "t.test:\(origin.port)"
                    let checks: [String: Any] = ["passive": ["unhealthy": ["tcp_failures": 3]]]
                    try pool.node.admin("PATCH", "/upstreams/pool", ["healthchecks": checks])
                    #expect(eventually(within: 10) { try pool.health(name) == "DNS_ERROR" })
                    #expect(pool.node.status("/") == 503)
                    try server.know(["--host-record=t.test,127.0.0.1"])
                    // It would be asked for again after 30 s, as with Kong; a new target is at once.
                    let isFound = eventually(within: 20) {
                        try pool.node.admin("DELETE", "/upstreams/pool/targets/\(name)")
                        try pool.node.admin("POST", "/upstreams/pool/targets", ["target": name])
                        // The old answer may be in use for a moment.
                        return try (0..<10).allSatisfy { _ in
                            usleep(30_000)
                            return try pool.health(name) == "HEALTHY" && pool.node.status("/") == 200
                        }
                    }
                    #expect(isFound)
                }
            }
        }
    }
}
