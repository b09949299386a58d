// Clients that are many, go away, or talk nonsense: nothing leaks, nothing hangs.

import Glibc
import Testing

extension EndToEnd {
    @Suite("Connections")
    struct Connections {
        /// Closes each connection after its answer, so that the gateway keeps none and open files can be compared.
        private static func origin() throws -> Origin {
            try Origin(answering: { _ in Origin.ok("ok", "Connection: close\r\n") })
        }

        /// Runs `body` and checks that no file or socket stays open in the worker.
        private static func withoutLeak(_ node: Node, _ body: () throws -> Void) throws {
            #expect(try node.get("/").status == 200)
            let worker = try node.worker
            usleep(100_000)
            let before = worker.openFiles
            try body()
            #expect(eventually { worker.openFiles <= before }, "\(worker.openFiles) open files, \(before) before")
            #expect(try node.get("/").status == 200)
        }

        @Test func `a client that goes away while it waits ends the upstream's work`() throws {
            let origin = try Origin { socket, origin in
                guard let request = try socket.request() else { return }
                origin.note(request)
                if request.target == "/" { return try socket.send(Origin.ok("ok", "Connection: close\r\n")) }
                _ = try socket.some()
            }
            try Node.with(origin: origin) { node throws in
                try Self.withoutLeak(node) {
                    let clients = try (0..<20).map { _ in try node.connect() }
                    for client in clients { try client.send("GET /hang HTTP/1.1\r\nHost: t\r\n\r\n") }
                    #expect(eventually { origin.open == 20 })
                    for (place, client) in clients.enumerated() { place < 10 ? client.close() : client.reset() }
                    #expect(eventually { origin.open == 0 })
                    #expect(origin.requests.count == 21, "nothing is tried again")
                }
            }
        }

        @Test func `a client that goes away within its body ends the upstream's work`() throws {
            let origin = try Origin { socket, _ in
                let head = try socket.head()
                if head?.target == "/" { return try socket.send(Origin.ok("ok", "Connection: close\r\n")) }
                while try !socket.some().isEmpty {}
            }
            try Node.with(origin: origin, ["nginx_proxy_proxy_request_buffering": "off"]) { node throws in
                try Self.withoutLeak(node) {
                    let clients = try (0..<20).map { _ in try node.connect() }
                    for client in clients {
                        try client.send("PUT /up HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\nbegin")
                    }
                    #expect(eventually { origin.open == 20 })
                    for (place, client) in clients.enumerated() { place < 10 ? client.close() : client.reset() }
                    #expect(eventually { origin.open == 0 })
                }
            }
        }

        @Test func `a client that goes away within an answer ends the upstream's work`() throws {
            let origin = try Origin { socket, _ in
                guard let request = try socket.request() else { return }
                if request.target == "/" { return try socket.send(Origin.ok("ok", "Connection: close\r\n")) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
                while true { try socket.send(Pattern.block(0)) }
            }
            try Node.with(origin: origin) { node throws in
                try Self.withoutLeak(node) {
                    let clients = try (0..<20).map { _ in try node.connect(receiveBufferBytes: 4096) }
                    for client in clients {
                        try client.send("GET /endless HTTP/1.1\r\nHost: t\r\n\r\n")
                        _ = try client.some()
                    }
                    usleep(300_000)
                    for (place, client) in clients.enumerated() { place < 10 ? client.close() : client.reset() }
                    #expect(eventually { origin.open == 0 })
                }
            }
        }

        @Test func `a thousand idle connections stand in nobody's way`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                try Self.withoutLeak(node) {
                    let load = Load(port: node.proxyPort, connections: 2)
                    defer { load.stop() }
                    let idle = try (0..<1000).map { _ in try node.connect() }
                    for place in stride(from: 0, to: 1000, by: 2) { #expect(try idle[place].get("/").status == 200) }
                    let before = load.answered
                    usleep(500_000)
                    #expect(load.answered > before + 50)
                    for place in stride(from: 0, to: 1000, by: 50) { #expect(try idle[place].get("/").status == 200) }
                    for client in idle { client.close() }
                    load.stop()
                    #expect(load.failures == [])
                }
            }
        }

        @Test func `65 KB of pipelined garbage is answered once and closed`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                try Self.withoutLeak(node) {
                    let socket = try node.connect()
                    var garbage = [UInt8](repeating: 0, count: 65 << 10)
                    for place in garbage.indices {
                        garbage[place] = UInt8(truncatingIfNeeded: place &* 7 &+ place >> 8)
                    }
                    try socket.send(Array("GET / HTTP/1.1\r\nHost: t\r\n\r\n".utf8) + garbage)
                    #expect(try socket.answer().status == 200)
                    #expect(try socket.answer().status == 400)
                    #expect(socket.isClosedByPeer(within: 8))
                }
            }
        }

        @Test func `a client that ends its side after local requests gets its answers`() throws {
            try Node.with { node throws in
                let socket = try node.connect()
                try socket.send(String(repeating: "GET /nowhere HTTP/1.1\r\nHost: t\r\n\r\n", count: 3))
                socket.endWriting()
                let text = String(decoding: try socket.rest(), as: UTF8.self)
                #expect(text.split(separator: "HTTP/1.1 404").count == 3)
            }
        }

        @Test func `half-closed clients leave nothing behind`() throws {
            let origin = try Origin { socket, _ in
                guard let request = try socket.request() else { return }
                if request.target == "/" { return try socket.send(Origin.ok("ok", "Connection: close\r\n")) }
                _ = try socket.some()
            }
            try Node.with(origin: origin) { node throws in
                try Self.withoutLeak(node) {
                    let beginnings = [
                        "", "GET /ha", "GET /hang HTTP/1.1\r\nHost: t\r\n\r\n",
                        "POST /hang HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhalf",
                        "POST /hang HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf",
                    ]
                    let clients = try beginnings.map { beginning in
                        let socket = try node.connect()
                        try socket.send(beginning)
                        return socket
                    }
                    usleep(100_000)
                    for client in clients { client.endWriting() }
                    for client in clients { _ = try client.rest() }
                    #expect(eventually { origin.open == 0 })
                }
            }
        }
    }
}
