// HTTP/2 from clients, as curl, nghttp and h2load speak it.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("HTTP/2")
    struct HTTP2 {
        /// Listeners that take HTTP/2 beside HTTP/1.
        static func with<Value>(
            _ origin: Origin, _ settings: [String: String] = [:], service: [String: Any] = [:],
            _ body: (Node) throws -> Value
        ) throws -> Value {
            let listen = ["proxy_listen": "127.0.0.1:{proxy} http2, 127.0.0.1:{tls} http2 ssl"]
            return try Node.with(origin: origin, listen.merging(settings) { $1 }, service: service, body)
        }

        @Test func `one port takes HTTP 2 with prior knowledge and HTTP 1`() throws {
            let origin = try Origin(answering: { Origin.ok($0.start + " " + ($0.fields["x-forwarded-host"] ?? "")) })
            try Self.with(origin) { node throws in
                let url = "http://localhost:\(node.proxyPort)/a?b=c"
                for (option, version) in [("--http2-prior-knowledge", "2"), ("--http1.1", "1.1")] {
                    let run = try Command.run("curl", ["-s", option, "-w", " %{http_version} %{http_code}", url])
                    #expect(run.output == "GET /a?b=c HTTP/1.1 localhost \(version) 200")
                }
                #expect(eventually { node.log("access.log").contains("\"GET /a?b=c HTTP/2.0\" 200 ") })
            }
        }

        @Test func `over TLS the client chooses in the handshake`() throws {
            let origin = try Origin(answering: { Origin.ok($0.fields["x-forwarded-proto"] ?? "") })
            try Self.with(origin) { node throws in
                let url = "https://127.0.0.1:\(node.tlsPort)/"
                for (option, version) in [("--http2", "2"), ("--http1.1", "1.1"), ("--no-alpn", "1.1")] {
                    let run = try Command.run("curl", ["-sk", option, "-w", " %{http_version} %{http_code}", url])
                    #expect(run.output == "https \(version) 200")
                }
            }
        }

        @Test func `an answer has Kong's headers in small letters and none that concern a connection`() throws {
            let origin = try Origin(answering: { _ in
                Origin.ok("text", "Content-Type: text/plain\r\nX-Own: Value\r\nKeep-Alive: 5\r\n")
            })
            try Self.with(origin) { node throws in
                let url = "http://127.0.0.1:\(node.proxyPort)/"
                let run = try Command.run("curl", ["-si", "--http2-prior-knowledge", url])
                let names = run.output.split(separator: "\r\n").dropFirst().compactMap { line in
                    line.firstIndex(of: ":").map { String(line[..<$0]) }
                }
                #expect(run.output.hasPrefix("HTTP/2 200 \r\n"))
                #expect(
                    Set(names) == [
                        "content-length", "content-type", "x-own", "date", "via", "x-kong-upstream-latency",
                        "x-kong-proxy-latency",
                    ])
            }
        }

        @Test func `bodies of any length go both ways`() throws {
            let origin = try Origin(answering: { Origin.ok(String(decoding: $0.body, as: UTF8.self)) })
            try Self.with(origin) { node throws in
                let url = "http://127.0.0.1:\(node.proxyPort)/"
                for size in [0, 1, 70_000, 3_000_000] {
                    let text = String(repeating: "0123456789", count: size / 10 + 1).prefix(size)
                    let file = node.prefix + "/body"
                    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
                    for extra: [String] in [[], ["-H", "Content-Length:"]] {
                        let run = try Command.run(
                            "curl", ["-s", "--http2-prior-knowledge", "--data-binary", "@" + file, url] + extra)
                        #expect(run.output == text)
                    }
                }
            }
        }

        @Test func `a large answer arrives whole, however slowly it is read`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(160 * Pattern.blockBytes)\r\n\r\n")
                for number in 0..<160 { try socket.send(Pattern.block(number)) }
            }
            try Self.with(origin) { node throws in
                let url = "https://127.0.0.1:\(node.tlsPort)/"
                let sum = "curl -sk --http2 --limit-rate 20M \(url) | cksum"
                let plain = "curl -sk --http1.1 \(url) | cksum"
                #expect(try Command.run("sh", ["-c", sum]).output == Command.run("sh", ["-c", plain]).output)
                #expect(try node.worker.residentBytes < 80 << 20)
            }
        }

        @Test func `an early answer ends a stream whose body nobody waits for`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            try Self.with(origin) { node throws in
                let plugin: [String: Any] = [
                    "name": "request-termination", "config": ["status_code": 403, "message": "no"],
                ]
                #expect(try node.admin("POST", "/plugins", plugin).status == 201)
                let file = node.prefix + "/body"
                try Data(count: 5_000_000).write(to: URL(fileURLWithPath: file))
                let url = "http://127.0.0.1:\(node.proxyPort)/"
                let run = try Command.run("nghttp", ["-v", "-d", file, url])
                #expect(run.output.contains(":status: 403"), "\(run.output)")
                #expect(run.output.contains("{\"message\":\"no\"}"))
                #expect(run.output.contains("RST_STREAM"))
                // curl forgets an answer that it reads together with the end of the stream it still sends on.
                try Data(count: 20_000).write(to: URL(fileURLWithPath: file))
                for _ in 0..<20 {
                    let run = try Command.run(
                        "curl", ["-s", "--http2-prior-knowledge", "-w", " %{http_code}", "-T", file, url])
                    #expect(run.output == "{\"message\":\"no\"} 403")
                }
            }
        }

        @Test func `many streams at once on many connections all succeed`() throws {
            let origin = try Origin(answering: { _ in Origin.ok("ok") })
            try Self.with(origin) { node throws in
                for url in ["http://127.0.0.1:\(node.proxyPort)/", "https://127.0.0.1:\(node.tlsPort)/"] {
                    let run = try Command.run("h2load", ["-n", "4000", "-c", "10", "-m", "50", url])
                    #expect(run.output.contains("4000 succeeded, 0 failed, 0 errored"), "\(run.output)")
                }
                let isQuiet = eventually {
                    let status = try node.admin("GET", "/status").json["server"] as? [String: Any]
                    return status?["connections_active"] as? Int == 1 && status?["connections_waiting"] as? Int == 0
                }
                #expect(isQuiet)
            }
        }
    }
}
