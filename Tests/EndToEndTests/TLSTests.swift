// The TLS listener, as curl sees it.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("TLS")
    struct TLS {
        @Test func `requests over TLS share a connection`() throws {
            let origin = try Origin(answering: { Origin.ok($0.target + ($0.fields["x-forwarded-proto"] ?? "")) })
            try Node.with(origin: origin) { node throws in
                let url = "https://127.0.0.1:\(node.tlsPort)"
                let run = try Command.run(
                    "curl", ["-sk", "-w", " %{http_code} %{num_connects}\n", url + "/a", url + "/b", url + "/c"])
                #expect(run.output == "/ahttps 200 1\n/bhttps 200 0\n/chttps 200 0\n")
                let posted = try Command.run("curl", ["-sk", "-d", "body", url + "/d"])
                #expect(posted.output == "/dhttps")
            }
        }

        @Test func `a large answer over TLS arrives whole`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(160 * Pattern.blockBytes)\r\n\r\n")
                for number in 0..<160 { try socket.send(Pattern.block(number)) }
            }
            try Node.with(origin: origin) { node throws in
                let script = "curl -sk https://127.0.0.1:\(node.tlsPort)/ | cksum"
                var all: [UInt8] = []
                for number in 0..<160 { all += Pattern.block(number) }
                let direct = try Command.run("sh", ["-c", script])
                let plain = try Command.run("sh", ["-c", "curl -s http://127.0.0.1:\(node.proxyPort)/ | cksum"])
                #expect(direct.output == plain.output)
                #expect(direct.output.hasSuffix(" \(all.count)\n"))
            }
        }

        @Test func `plain HTTP to the TLS port is refused with an answer`() throws {
            try Node.with { node throws in
                let socket = try Socket.connect(port: node.tlsPort)
                #expect(try socket.get("/").status == 400)
                #expect(socket.isClosedByPeer())
            }
        }

        @Test func `reloads fail no handshake and no request over TLS`() throws {
            let origin = try Origin(answering: { _ in Origin.ok("ok\n") })
            try Node.with(origin: origin) { node throws in
                let loop =
                    "while [ ! -e \(node.prefix)/stop ]; do "
                    + "curl -sSk https://127.0.0.1:\(node.tlsPort)/ || exit 1; done"
                let output = node.prefix + "/curl.txt"
                let clients = try (0..<3).map { _ in try Command.start("sh", ["-c", loop], output: output) }
                for _ in 0..<3 {
                    usleep(400_000)
                    #expect(try node.kong("reload").status == 0)
                }
                usleep(300_000)
                try Data().write(to: URL(fileURLWithPath: node.prefix + "/stop"))
                for client in clients { waitpid(client, nil, 0) }
                let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
                #expect(lines.count > 20)
                #expect(lines.filter { $0 != "ok" } == [])
            }
        }

        @Test func `a handshake that is broken off leaves nothing behind`() throws {
            try Node.with { node throws in
                let worker = try node.worker
                #expect(try node.get("/").status == 404)
                usleep(100_000)
                let before = worker.openFiles
                let clients = try (0..<20).map { _ in try Socket.connect(port: node.tlsPort) }
                for client in clients { try client.send([22, 3, 1, 2, 0, 1, 0, 1]) }
                #expect(eventually { worker.openFiles >= before + 20 })
                for (place, client) in clients.enumerated() { place < 10 ? client.close() : client.reset() }
                #expect(eventually { worker.openFiles <= before })
            }
        }
    }
}
