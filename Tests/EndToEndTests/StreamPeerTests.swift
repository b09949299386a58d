// Streams with peers of others, over a node's reload and end, with targets that fail, and with peers that do not read.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Streams and their peers")
    struct StreamPeers {
        private static let echo: @Sendable (Socket, Origin) throws -> Void = { socket, _ in
            while case let part = try socket.some(), !part.isEmpty { try socket.send(part) }
        }
        private static var route: [String: Any] {
            [
                "protocols": ["tcp"], "paths": NSNull(), "sources": [["ip": "127.0.0.0/8"]],
            ]
        }

        /// A node with a stream listener, and a route from this machine to that port or service.
        private func with(
            port target: Int, flags: String = "", _ settings: [String: String] = [:], service: [String: Any] = [:],
            _ body: (Node, Int) throws -> Void
        ) throws {
            let port = try LocalAddress.freePorts(1)[0]
            let listen = ["stream_listen": "127.0.0.1:\(port) \(flags)"]
            try Node.with(settings.merging(listen) { $1 }) { node throws in
                try node.route("/", to: target, ["protocol": "tcp"].merging(service) { $1 }, Self.route)
                try body(node, port)
            }
        }

        @Test func `HAProxy introduces a stream, and socat's end of writing goes through both`() throws {
            let origin = try Origin(Self.echo)
            defer { origin.stop() }
            try with(port: origin.port, flags: "proxy_protocol", ["trusted_ips": "127.0.0.1"]) { node, port throws in
                for kind in ["send-proxy", "send-proxy-v2"] {
                    let front = try LocalAddress.freePorts(1)[0]
                    let listener = "listen x\n    bind 127.0.0.1:\(front)\n    server node 127.0.0.1:\(port) \(kind)\n"
                    try Daemon.haproxy(listener, port: front) { () throws in
                        let client = "printf 'from \(kind)' | socat -t 20 - TCP:127.0.0.1:\(front),bind=127.0.0.5"
                        #expect(try Command.run("sh", ["-c", client]).output == "from \(kind)")
                    }
                }
                let line = /127\.0\.0\.5 \[.*\] TCP 200 15 15 \d/
                #expect(eventually(within: 10) { node.log("access.log").firstMatch(of: line) != nil })
            }
        }

        @Test func `socat sends a large file and gets it back`() throws {
            let origin = try Origin(Self.echo)
            defer { origin.stop() }
            try with(port: origin.port) { node, port throws in
                let file = node.prefix + "/large"
                try Data((0..<200).flatMap { Pattern.block($0) }).write(to: URL(fileURLWithPath: file))
                let script = "socat -t 60 - TCP:127.0.0.1:\(port) < \(file) | cksum; cksum < \(file)"
                let sums = try Command.run("sh", ["-c", script]).output.split(separator: "\n")
                #expect(sums.count == 2 && sums.first == sums.last, "\(sums)")
            }
        }

        @Test func `long streams outlive a reload, and the end of the node waits for them`() throws {
            let origin = try Origin(Self.echo)
            defer { origin.stop() }
            try with(port: origin.port) { node, port throws in
                let master = ProcessFacts(pid: try #require(node.masterPID))
                let first = try Socket.connect(port: port)
                #expect(try said("a", first) == "a")
                let before = Set(node.workers)
                #expect(try node.kong("reload").status == 0)
                #expect(eventually(within: 20) { !before.isSuperset(of: node.workers) })
                #expect(try said("b", first) == "b")
                let second = try Socket.connect(port: port)
                #expect(try said("c", second) == "c")
                node.signal(SIGQUIT)
                #expect(eventually(within: 20) { (try? Socket.connect(port: port)) == nil })
                #expect(try said("d", first) == "d")
                #expect(try said("e", second) == "e")
                first.close()
                second.close()
                #expect(eventually(within: 20) { !master.isAlive })
            }
        }

        private func said(_ word: String, _ socket: Socket) throws -> String {
            try socket.send(word + "\n")
            return try socket.line()
        }

        @Test func `a target that takes no stream is found unhealthy, and healthy when it listens`() throws {
            let origin = try Origin(Self.echo)
            defer { origin.stop() }
            let other = try LocalAddress.freePorts(1)[0]
            try with(port: 1, service: ["host": "pool"]) { node, port throws in
                let checks: [String: Any] = [
                    "passive": ["unhealthy": ["tcp_failures": 1]],
                    "active": ["type": "tcp", "healthy": ["interval": 0.1, "successes": 1]],
                ]
                try node.admin("POST", "/upstreams", ["name": "pool", "healthchecks": checks])
                for target in [origin.port, other] {
                    try node.admin("POST", "/upstreams/pool/targets", ["target": "127.0.0.1:\(target)"])
                }
                let isFound = eventually(within: 20) {
                    let client = try Socket.connect(port: port)
                    defer { client.close() }
                    return try said("x", client) == "x" && health(node, other) == "UNHEALTHY"
                }
                #expect(isFound)
                let listener = try #require(try LocalAddress.listen(port: other))
                defer { close(listener) }
                // An unhealthy target is not probed here: a person says that it is well.
                try node.admin("POST", "/upstreams/pool/targets/127.0.0.1:\(other)/healthy")
                #expect(eventually(within: 20) { try health(node, other) == "HEALTHY" })
                #expect(try health(node, origin.port) == "HEALTHY")
            }
        }

        private func health(_ node: Node, _ port: Int) throws -> String? {
            let data = try node.admin("GET", "/upstreams/pool/health").json["data"] as? [[String: Any]] ?? []
            return data.first { $0["target"] as? String == "127.0.0.1:\(port)" }?["health"] as? String
        }

        @Test func `an upstream waits for a client that does not read`() throws {
            let sent = Counter()
            let origin = try Origin { socket, _ in
                for number in 0..<1600 {
                    try socket.send(Pattern.block(number))
                    sent.add(1)
                }
            }
            defer { origin.stop() }
            try with(port: origin.port) { node, port throws in
                let client = try Socket.connect(port: port, receiveBufferBytes: 4096)
                var check = PatternCheck()
                let growth = try node.worker.growth {
                    waitUntilStill(sent)
                    while case let part = try client.some(), !part.isEmpty { check.take(part) }
                }
                #expect(check.verdict == "\(1600 * Pattern.blockBytes) bytes intact")
                #expect(growth < 30)
            }
        }

        @Test func `a client waits for an upstream that does not read`() throws {
            let received = Counter()
            let reads = DispatchSemaphore(value: 0)
            let origin = try Origin { socket, _ in
                reads.wait()
                var check = PatternCheck()
                while case let part = try socket.some(), !part.isEmpty { check.take(part) }
                if check.verdict == "\(800 * Pattern.blockBytes) bytes intact" { received.add(1) }
            }
            defer { origin.stop() }
            try with(port: origin.port) { node, port throws in
                let sent = Counter()
                let growth = try node.worker.growth {
                    Thread.detachNewThread {
                        guard let client = try? Socket.connect(port: port) else { return }
                        client.setTimeout(seconds: 30)
                        for number in 0..<800 {
                            guard (try? client.send(Pattern.block(number))) != nil else { return }
                            sent.add(1)
                        }
                    }
                    waitUntilStill(sent)
                    reads.signal()
                    #expect(eventually(within: 20) { received.value == 1 })
                }
                #expect(growth < 30)
            }
        }

        /// Waits until a sum has not grown for a while: nothing more fits into the buffers on the way. One that only
        /// paused makes a test less strict, not wrong.
        private func waitUntilStill(_ sum: Counter) {
            var last = -1
            _ = eventually(within: 20) {
                usleep(200_000)
                defer { last = sum.value }
                return sum.value == last
            }
        }
    }
}
