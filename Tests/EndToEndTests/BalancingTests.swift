// Least connections and latency with real upstreams: who is slow gets little, and whatever happens to a request, its
// target does not go on counting it.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Balancing")
    struct Balancing {
        private static let leastConnections = ["tags": ["gibbon.algorithm.least-connections"]]
        private static let latency = ["tags": ["gibbon.algorithm.latency"]]
        private static let agreed =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

        /// An upstream that answers after that time.
        private static func origin(afterMilliseconds delay: UInt32 = 0) throws -> Origin {
            try Origin(answering: { _ in
                if delay > 0 { usleep(delay * 1000) }
                return Origin.ok()
            })
        }

        /// An upstream whose answer depends on the path: to `/ok` it is one.
        private static func moody() throws -> Origin {
            try Origin { socket, origin in
                while let request = try socket.request() {
                    origin.note(request)
                    switch request.target {
                    case "/silent": _ = try socket.rest()
                    case "/closes": return
                    case "/breaks":
                        try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
                        return
                    case "/tunnel":
                        try socket.send(agreed)
                        try socket.send(try socket.some())
                        _ = try socket.rest()
                    default: try socket.send(Origin.ok())
                    }
                }
            }
        }

        /// Runs `body` with a pool of these upstreams, each of weight 100, on a node with two event loops.
        private func with(
            _ origins: [Origin], _ upstream: [String: Any], service: [String: Any] = [:],
            _ body: (Pool) throws -> Void
        ) throws {
            defer { for origin in origins { origin.stop() } }
            try Node.with(["nginx_worker_processes": "2"]) { node throws in
                let targets = origins.map { ($0.port, 100) }
                try body(try Pool.make(on: node, upstream, targets: targets, service: service))
            }
        }

        @Test func `with the algorithm latency a slow target gets little, one request after the other`() throws {
            let (fast, slow) = (try Self.origin(), try Self.origin(afterMilliseconds: 300))
            try with([fast, slow], Self.latency) { pool throws in
                #expect(pool.send(200).isEmpty)
                #expect((1...10).contains(slow.requests.count), "\(slow.requests.count) of 200")
                #expect(fast.requests.count + slow.requests.count == 200)
            }
        }

        @Test func `with least connections a slow target gets little under load`() throws {
            let (fast, slow) = (try Self.origin(), try Self.origin(afterMilliseconds: 300))
            try with([fast, slow], Self.leastConnections) { pool throws in
                #expect(pool.send(800, connections: 8).isEmpty)
                #expect((1...160).contains(slow.requests.count), "\(slow.requests.count) of 800")
            }
        }

        @Test func `without a tag both get the same`() throws {
            let (fast, slow) = (try Self.origin(), try Self.origin(afterMilliseconds: 50))
            try with([fast, slow], ["slots": 10]) { pool throws in
                #expect(pool.send(40).isEmpty)
                #expect(slow.requests.count == 20)
            }
        }

        @Test func `a change of the tag is in force for the next request`() throws {
            let (fast, slow) = (try Self.origin(), try Self.origin(afterMilliseconds: 200))
            try with([fast, slow], ["slots": 10]) { pool throws in
                try pool.node.admin("PATCH", "/upstreams/pool", Self.latency)
                #expect(pool.send(60).isEmpty)
                #expect(slow.requests.count < 6)
                let before = slow.requests.count
                try pool.node.admin("PATCH", "/upstreams/pool", ["tags": NSNull()])
                #expect(pool.send(20).isEmpty)
                #expect(slow.requests.count == before + 10)
            }
        }

        @Test func `targets without requests take turns by weight`() throws {
            let (heavy, light) = (try Self.origin(), try Self.origin())
            defer { for origin in [heavy, light] { origin.stop() } }
            try Node.with { node throws in
                let pool = try Pool.make(
                    on: node, Self.leastConnections, targets: [(heavy.port, 300), (light.port, 100)])
                #expect(pool.send(80).isEmpty)
                #expect((58...62).contains(heavy.requests.count), "\(heavy.requests.count) of 80")
            }
        }

        @Test(arguments: ["latency", "least-connections"])
        func `a retry goes to another target`(algorithm: String) throws {
            let (moody, good) = (try Self.moody(), try Self.origin())
            let upstream = ["tags": ["gibbon.algorithm.\(algorithm)"]]
            try with([moody, good], upstream, service: ["retries": 1]) { pool throws in
                #expect(pool.send(40, "/closes").isEmpty)
                #expect(good.requests.count == 40)
                #expect(!moody.requests.isEmpty)
            }
        }

        /// Requests that end in every way a request can, all of them at the first of two targets; then both are as
        /// free as each other.
        @Test func `however a request ends, its target no longer counts it`() throws {
            let (moody, good) = (try Self.moody(), try Self.origin())
            let service: [String: Any] = ["retries": 0, "read_timeout": 400]
            try with([moody, good], Self.leastConnections, service: service) { pool throws in
                let node = pool.node
                let turn = { (body: () throws -> Void) throws in
                    let before = moody.requests.count
                    // The other target takes turns and answers at once.
                    for _ in 0..<12 where moody.requests.count < before + 3 { try body() }
                    #expect(moody.requests.count >= before + 3)
                }
                try turn { _ = try node.get("/silent") }
                try turn { _ = try node.get("/closes") }
                try turn { _ = try? node.get("/breaks") }
                try turn {
                    let client = try node.connect()
                    let before = moody.requests.count + good.requests.count
                    try client.send("GET /silent HTTP/1.1\r\nHost: t\r\n\r\n")
                    #expect(eventually { moody.requests.count + good.requests.count > before })
                    client.reset()
                }
                try turn {
                    let client = try node.connect()
                    try client.send(
                        "GET /tunnel HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello")
                    _ = try client.head()
                    client.close()
                }
                let freed = eventually(within: 5) {
                    let before = moody.requests.count
                    guard pool.send(20).isEmpty else { return false }
                    return abs(moody.requests.count - before - 10) < 2
                }
                #expect(freed)
            }
        }

        @Test func `streams count for as long as they last, on all event loops together`() throws {
            let origins = try (0..<2).map { _ in
                try Origin { socket, origin in
                    try socket.send("\(origin.port)\n")
                    _ = try socket.rest()
                }
            }
            defer { for origin in origins { origin.stop() } }
            let port = try LocalAddress.freePorts(1)[0]
            let settings = ["stream_listen": "127.0.0.1:\(port)", "nginx_worker_processes": "2"]
            try Node.with(settings) { node throws in
                let route: [String: Any] = [
                    "protocols": ["tcp"], "paths": NSNull(), "sources": [["ip": "127.0.0.0/8"]],
                ]
                _ = try Pool.make(
                    on: node, Self.leastConnections, targets: origins.map { ($0.port, 100) },
                    service: ["protocol": "tcp"], route: route)
                let open = {
                    let socket = try Socket.connect(port: port)
                    return (socket, try socket.line())
                }
                let first = try (0..<8).map { _ in try open() }
                #expect(first.count { $0.1 == "\(origins[0].port)" } == 4)
                for (socket, name) in first where name == "\(origins[0].port)" { socket.close() }
                #expect(eventually { node.log("access.log").components(separatedBy: "] TCP 200 ").count > 4 })
                let second = try (0..<4).map { _ in try open() }
                #expect(second.allSatisfy { $0.1 == "\(origins[0].port)" }, "\(second.map(\.1))")
                for (socket, _) in first + second { socket.close() }
            }
        }

        @Test func `the Admin API refuses a tag that it does not know, and one beside hash_on`() throws {
            try Node.with { node throws in
                let wrong = try node.admin(
                    "POST", "/upstreams", ["name": "pool", "tags": ["gibbon.algorithm.fastest"]])
                #expect(wrong.status == 400)
                #expect(wrong.json["name"] as? String == "schema violation")
                let text = (wrong.json["fields"] as? [String: Any])?["tags"] as? String ?? ""
                #expect(text.contains("gibbon.algorithm.least-connections"))
                #expect(text.contains("gibbon.algorithm.latency"))

                let made = try node.admin(
                    "POST", "/upstreams", ["name": "pool", "tags": ["gibbon.algorithm.latency"]])
                #expect(made.status == 201)
                #expect(made.json["tags"] as? [String] == ["gibbon.algorithm.latency"])
                let hashed = try node.admin("PATCH", "/upstreams/pool", ["hash_on": "ip"])
                #expect(hashed.status == 400)
                #expect("\(hashed.json)".contains("set hash_on to none"))
                #expect(
                    try node.admin("PATCH", "/upstreams/pool", ["hash_on": "ip", "tags": NSNull()]).status == 200)
                #expect(try node.admin("PATCH", "/upstreams/pool", Self.leastConnections).status == 400)
                #expect(try node.admin("GET", "/upstreams?tags=gibbon.algorithm.latency").json["data"] != nil)
            }
        }

        @Test func `a declarative file chooses by the tag, and with a wrong one it is refused`() throws {
            let (fast, slow) = (try Self.origin(), try Self.origin(afterMilliseconds: 200))
            defer { for origin in [fast, slow] { origin.stop() } }
            let document = """
                _format_version: "1.1"
                services:
                - name: pool
                  host: pool
                  routes:
                  - paths: ["/"]
                upstreams:
                - name: pool
                  tags: [gibbon.algorithm.latency]
                  targets:
                  - target: 127.0.0.1:\(fast.port)
                  - target: 127.0.0.1:\(slow.port)

                """
            let files = [
                "good.yml": document, "bad.yml": document.replacing("algorithm.latency", with: "algorithm.slowest"),
            ]
            let settings = ["database": "off", "declarative_config": "%/good.yml"]
            try Node.with(settings, files: files) { node throws in
                #expect(Pool(node: node).send(60).isEmpty)
                #expect((1...6).contains(slow.requests.count), "\(slow.requests.count) of 60")
                let parse = try node.kong("config", "parse", node.prefix + "/bad.yml")
                #expect(parse.status != 0)
                #expect(parse.output.contains("expected one of: gibbon.algorithm.round-robin"))
            }
        }
    }
}
