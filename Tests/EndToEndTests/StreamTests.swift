// Streams: TCP and TLS through stream listeners, and what a balancer says about them.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Streams")
    struct Streams {
        private static let echo: @Sendable (Socket, Origin) throws -> Void = { socket, _ in
            while case let part = try socket.some(), !part.isEmpty { try socket.send(part) }
        }

        /// A node with a stream listener, and a route from this machine to that upstream.
        private func with(
            _ origin: Origin, flags: String = "", _ settings: [String: String] = [:], service: [String: Any] = [:],
            route: [String: Any] = [:], _ body: (Node, Int) throws -> Void
        ) throws {
            defer { origin.stop() }
            let port = try LocalAddress.freePorts(1)[0]
            let listen = ["stream_listen": "127.0.0.1:\(port) \(flags)"]
            try Node.with(settings.merging(listen) { $1 }) { node throws in
                let own: [String: Any] = [
                    "protocols": ["tcp"], "paths": NSNull(), "sources": [["ip": "127.0.0.0/8"]],
                ]
                try node.route(
                    "/", to: origin.port, ["protocol": "tcp"].merging(service) { $1 }, own.merging(route) { $1 })
                try body(node, port)
            }
        }

        @Test func `a server that speaks first is not kept waiting, and the end of a side reaches the other`() throws {
            let origin = try Origin { socket, _ in
                try socket.send("hello\n")
                try socket.send(try socket.rest())
            }
            try with(origin) { node, port throws in
                let client = try Socket.connect(port: port)
                #expect(try client.line() == "hello")
                try client.send([UInt8](repeating: 7, count: 300_000))
                client.endWriting()
                #expect(try client.rest().count == 300_000)
                client.close()
                let line = /127\.0\.0\.1 \[.*\] TCP 200 300006 300000 \d+\.\d{3}\n/
                #expect(eventually { node.log("access.log").firstMatch(of: line) != nil })
            }
        }

        @Test func `the end of the upstream's side leaves the client's open`() throws {
            let received = Counter()
            let origin = try Origin { socket, _ in
                try socket.send("all\n")
                socket.endWriting()
                received.add(try socket.rest().count)
            }
            try with(origin) { _, port throws in
                let client = try Socket.connect(port: port)
                #expect(try client.rest() == Array("all\n".utf8))
                try client.send("later")
                client.close()
                #expect(eventually { received.value == 5 })
            }
        }

        @Test func `a stream that no route takes is closed`() throws {
            try with(try Origin(Self.echo), route: ["sources": [["ip": "10.0.0.0/8"]]]) { node, port throws in
                #expect(try Socket.connect(port: port).isClosedByPeer())
                #expect(eventually { node.log("error.log").contains("no Route found with those values") })
                #expect(eventually { node.log("access.log").contains("] TCP 500 0 0 ") })
            }
        }

        @Test func `a change is in force for the next stream`() throws {
            try with(try Origin(Self.echo), route: ["name": "r"]) { node, port throws in
                try node.admin("PATCH", "/routes/r", ["sources": [["ip": "10.0.0.0/8"]]])
                #expect(try Socket.connect(port: port).isClosedByPeer())
            }
        }

        @Test func `a plugin that would have to look at requests lets no stream pass`() throws {
            try with(try Origin(Self.echo), route: ["name": "r"]) { node, port throws in
                let made = try node.admin("POST", "/routes/r/plugins", ["name": "key-auth"])
                #expect(made.status == 201)
                #expect(try Socket.connect(port: port).isClosedByPeer())
                #expect(eventually { node.log("access.log").contains("] TCP 403 ") })
            }
        }

        @Test func `a plugin that refuses nobody lets streams pass`() throws {
            try with(try Origin(Self.echo), route: ["name": "r"]) { node, port throws in
                let zipkin: [String: Any] = ["name": "zipkin", "config": ["http_endpoint": "http://127.0.0.1:9"]]
                #expect(try node.admin("POST", "/routes/r/plugins", zipkin).status == 201)
                let client = try Socket.connect(port: port)
                try client.send("x\n")
                #expect(try client.line() == "x")
                client.close()
            }
        }

        @Test func `an upstream that is not there ends the stream after the retries`() throws {
            let gone = try Origin(Self.echo)
            gone.stop()
            try with(gone, service: ["retries": 1]) { node, port throws in
                #expect(try Socket.connect(port: port).isClosedByPeer())
                #expect(eventually { node.log("access.log").contains("] TCP 502 ") })
                let tries = node.log("error.log").components(separatedBy: "while connecting to upstream").count - 1
                #expect(tries == 2)
            }
        }

        @Test func `a stream in which nobody speaks ends after read_timeout`() throws {
            try with(try Origin(Self.echo), service: ["read_timeout": 500]) { _, port throws in
                let client = try Socket.connect(port: port)
                try client.send("x\n")
                #expect(try client.line() == "x")
                #expect(client.isClosedByPeer(within: 6))
            }
        }

        @Test func `TLS ends here for a route that takes tls`() throws {
            let route: [String: Any] = ["protocols": ["tls"], "snis": ["s.test"], "sources": NSNull()]
            try with(try Origin(Self.echo), route: route) { node, port throws in
                let pair = try KeyPair(name: "s.test")
                let made = try node.admin("POST", "/certificates", pair.body.merging(["snis": ["s.test"]]) { $1 })
                #expect(made.status == 201)
                let output = try tls(port, "s.test")
                #expect(output.contains("CN = s.test"))
                #expect(output.contains("through"))
            }
        }

        @Test func `TLS ends here on every listener with ssl`() throws {
            try with(try Origin(Self.echo), flags: "ssl") { _, port throws in
                #expect(try tls(port, nil).contains("through"))
                #expect(try plain(port).isEmpty)
            }
        }

        @Test func `TLS for a route that takes tcp goes through as it is`() throws {
            try Node.with { inner throws in
                let port = try LocalAddress.freePorts(1)[0]
                try inner.route("/", to: inner.proxyPort)
                try Node.with(["stream_listen": "127.0.0.1:\(port)"]) { node throws in
                    try node.route(
                        "/", to: inner.tlsPort, ["protocol": "tcp"],
                        ["protocols": ["tcp"], "paths": NSNull(), "snis": ["p.test"]])
                    let pair = try KeyPair(name: "p.test")
                    try inner.admin("POST", "/certificates", pair.body.merging(["snis": ["p.test"]]) { $1 })
                    #expect(try tls(port, "p.test").contains("CN = p.test"))
                    #expect(try tls(port, "other.test").contains("no peer certificate available"))
                }
            }
        }

        @Test func `a service of protocol tls is spoken to over TLS`() throws {
            try Node.with { inner throws in
                let port = try LocalAddress.freePorts(1)[0]
                try Node.with(["stream_listen": "127.0.0.1:\(port)"]) { node throws in
                    try node.route(
                        "/", to: inner.tlsPort, ["protocol": "tls"],
                        ["protocols": ["tcp"], "paths": NSNull(), "sources": [["ip": "127.0.0.1"]]])
                    let client = try Socket.connect(port: port)
                    try client.send("GET /none HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
                    #expect(try client.answer(to: "GET").status == 404)
                }
            }
        }

        @Test func `a trusted balancer's word on the client decides the route and the log`() throws {
            let route: [String: Any] = ["sources": [["ip": "10.9.8.7", "port": 4000]]]
            let trust = ["trusted_ips": "127.0.0.1"]
            try with(try Origin(Self.echo), flags: "proxy_protocol", trust, route: route) { node, port throws in
                let client = try Socket.connect(port: port)
                try client.send("PROXY TCP4 10.9.8.7 10.0.0.1 4000 80\r\nword\n")
                #expect(try client.line() == "word")
                client.close()
                #expect(eventually { node.log("access.log").contains("10.9.8.7 [") })
                let broken = try Socket.connect(port: port)
                try broken.send("word\n")
                #expect(broken.isClosedByPeer())
                #expect(eventually { node.log("error.log").contains("while reading PROXY protocol") })
            }
        }

        private func tls(_ port: Int, _ name: String?) throws -> String {
            let server = name.map { "-servername \($0)" } ?? "-noservername"
            let script =
                "(echo through; sleep 0.5) | openssl s_client -connect 127.0.0.1:\(port) \(server) -no_ign_eof 2>&1"
            return try Command.run("sh", ["-c", script]).output
        }

        private func plain(_ port: Int) throws -> [UInt8] {
            let client = try Socket.connect(port: port)
            try client.send("no handshake at all\n")
            return (try? client.rest()) ?? []
        }
    }

    @Suite("PROXY protocol")
    struct ProxyProtocol {
        private static let settings = [
            "proxy_listen": "127.0.0.1:{proxy} proxy_protocol, 127.0.0.1:{tls} ssl proxy_protocol",
            "real_ip_header": "proxy_protocol", "trusted_ips": "127.0.0.1",
        ]

        /// An upstream that answers with the header that tells the client.
        private func origin() throws -> Origin {
            try Origin(answering: { request in Origin.ok(request.fields["x-real-ip"] ?? "none") })
        }

        @Test func `the client is who the balancer says`() throws {
            try Node.with(origin: try origin(), Self.settings) { node throws in
                let get = "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
                let answer = try node.exchange("PROXY TCP4 10.9.8.7 10.0.0.1 4000 80\r\n" + get)
                #expect(String(decoding: answer.body, as: UTF8.self) == "10.9.8.7")
                let unknown = try node.exchange("PROXY UNKNOWN\r\n" + get)
                #expect(String(decoding: unknown.body, as: UTF8.self) == "127.0.0.1")
                let client = try node.connect()
                try client.send(get)
                #expect(client.isClosedByPeer())
            }
        }

        @Test func `curl as the balancer, with TLS behind the header`() throws {
            try Node.with(origin: try origin(), Self.settings) { node throws in
                let run = try Command.run(
                    "curl", ["-sk", "--haproxy-protocol", "https://127.0.0.1:\(node.tlsPort)/"])
                #expect(run.output == "127.0.0.1")
            }
        }

        @Test func `a balancer that is not trusted is not believed`() throws {
            let settings = Self.settings.merging(["trusted_ips": "10.0.0.0/8"]) { $1 }
            try Node.with(origin: try origin(), settings) { node throws in
                let answer = try node.exchange(
                    "PROXY TCP4 10.9.8.7 10.0.0.1 4000 80\r\nGET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
                #expect(String(decoding: answer.body, as: UTF8.self) == "127.0.0.1")
            }
        }
    }
}
