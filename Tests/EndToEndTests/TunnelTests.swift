// WebSockets: what is a tunnel after the upgrade.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Tunnels")
    struct Tunnels {
        private static let upgrade =
            "GET /chat HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        private static let agreed =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

        /// An upstream that agrees to the upgrade and goes on with `serve`.
        private func origin(_ serve: @escaping @Sendable (Socket) throws -> Void) throws -> Origin {
            try Origin { socket, _ in
                _ = try socket.head()
                try socket.send(Self.agreed)
                try serve(socket)
            }
        }

        private func open(_ node: Node) throws -> Socket {
            let socket = try node.connect()
            try socket.send(Self.upgrade)
            #expect(try socket.head()?.status == 101)
            return socket
        }

        private static let echo: @Sendable (Socket) throws -> Void = { socket in
            while case let part = try socket.some(), !part.isEmpty { try socket.send(part) }
        }

        @Test func `both sides speak when they like`() throws {
            try Node.with(origin: try origin(Self.echo)) { node throws in
                let client = try open(node)
                for word in ["one\n", "two\n"] {
                    try client.send(word)
                    #expect(try client.line() + "\n" == word)
                }
                client.close()
                #expect(eventually { node.log("access.log").contains("\"GET /chat HTTP/1.1\" 101 8 ") })
            }
        }

        @Test func `a tunnel over TLS carries the same`() throws {
            try Node.with(origin: try origin(Self.echo)) { node throws in
                let words = Self.upgrade.replacing("\r\n", with: "\\r\\n")
                let script =
                    "(printf '\(words)'; sleep 0.3; echo hello; sleep 0.3) | "
                    + "openssl s_client -quiet -no_ign_eof -connect 127.0.0.1:\(node.tlsPort) 2>/dev/null"
                let output = try Command.run("sh", ["-c", script]).output
                #expect(output.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
                #expect(output.hasSuffix("\r\n\r\nhello\n"))
            }
        }

        @Test func `bytes sent before the upgrade is agreed on are not lost`() throws {
            let slow = try Origin { socket, _ in
                _ = try socket.head()
                usleep(200_000)
                try socket.send(Self.agreed)
                try Self.echo(socket)
            }
            try Node.with(origin: slow) { node throws in
                let client = try node.connect()
                try client.send(Self.upgrade + "ear")
                usleep(50_000)
                try client.send("ly\n")
                #expect(try client.head()?.status == 101)
                #expect(try client.line() == "early")
            }
        }

        @Test func `what the client says last reaches the upstream`() throws {
            let received = Counter()
            let origin = try origin { socket in
                usleep(200_000)
                while case let part = try socket.some(), !part.isEmpty { received.add(part.count) }
            }
            try Node.with(origin: origin) { node throws in
                let client = try open(node)
                try client.send([UInt8](repeating: 7, count: 400_000))
                client.close()
                #expect(eventually { received.value == 400_000 })
                #expect(eventually { origin.open == 0 })
            }
        }

        @Test func `what the upstream says last reaches the client`() throws {
            let origin = try origin { try $0.send([UInt8](repeating: 7, count: 2_000_000)) }
            try Node.with(origin: origin) { node throws in
                let client = try open(node)
                usleep(200_000)
                #expect(try client.rest().count == 2_000_000)
            }
        }

        @Test func `a reader that stops holds up the writer and not the memory`() throws {
            try Node.with(origin: try origin(Self.echo)) { node throws in
                let client = try open(node)
                let before = try node.worker.residentBytes
                var sent = 0
                let block = [UInt8](repeating: 1, count: 64 << 10)
                for _ in 0..<2000 {
                    sent += client.sendAvailable(block)
                    usleep(500)
                }
                #expect(try node.worker.residentBytes < before + (8 << 20))
                var back = 0
                while back < sent { back += try client.some().count }
                #expect(back == sent)
            }
        }

        @Test func `a tunnel in which nobody speaks ends after read_timeout`() throws {
            try Node.with(origin: try origin(Self.echo), service: ["read_timeout": 600]) { node throws in
                let client = try open(node)
                let start = Moment.now
                for _ in 0..<3 {
                    usleep(400_000)
                    try client.send("x")
                    _ = try client.some()
                }
                #expect(client.isClosedByPeer())
                #expect(Moment.now - start > 1.7)
                #expect(Moment.now - start < 3)
            }
        }

        @Test func `an upgrade that nobody asked for is an invalid answer`() throws {
            let origin = try origin(Self.echo)
            try Node.with(origin: origin, service: ["retries": 0]) { node throws in
                #expect(try node.get("/").status == 502)
            }
        }
    }
}
