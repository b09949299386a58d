// What the error log says of upstreams and clients that fail: nginx' words, by which people search.

import Glibc
import Testing

extension EndToEnd {
    @Suite("Error log")
    struct ErrorLog {
        /// What an upstream does, by the request's path, and what the log is to say of it.
        private static let failures: [(path: String, text: String)] = [
            ("/closes", "upstream prematurely closed connection while reading response header from upstream"),
            ("/resets", "recv() failed (104: Connection reset by peer) while reading response header from upstream"),
            ("/garbage", "upstream sent no valid HTTP/1.0 header while reading response header from upstream"),
            ("/header", "upstream sent invalid header while reading response header from upstream"),
            ("/large", "upstream sent too big header while reading response header from upstream"),
            ("/hangs", "upstream timed out (110: Connection timed out) while reading response header from upstream"),
            ("/half", "upstream prematurely closed connection while reading upstream"),
            ("/slow", "upstream timed out (110: Connection timed out) while reading upstream"),
            ("/chunks", "upstream sent invalid chunked response while reading upstream"),
            ("/excess", "upstream sent more data than specified in \"Content-Length\" header while reading upstream"),
        ]

        private static func origin() throws -> Origin {
            try Origin { socket, _ in
                guard let request = try socket.request() else { return }
                let start = "HTTP/1.1 200 OK\r\n"
                switch request.target.prefix(while: { $0 != "?" }) {
                case "/resets": return socket.reset()
                case "/garbage": try socket.send("SSH-2.0-OpenSSH\r\n\r\n")
                case "/header": try socket.send("\(start)no header\r\n\r\n")
                case "/large": try socket.send("\(start)X: \(String(repeating: "x", count: 200_000))\r\n\r\n")
                case "/hangs": usleep(900_000)
                case "/half": try socket.send("\(start)Content-Length: 9\r\n\r\nhalf")
                case "/slow":
                    try socket.send("\(start)Content-Length: 9\r\n\r\nhalf")
                    usleep(900_000)
                case "/chunks": try socket.send("\(start)Transfer-Encoding: chunked\r\n\r\nzz\r\n")
                case "/excess": try socket.send("\(start)Content-Length: 4\r\n\r\nwhole and more")
                default: break
                }
            }
        }

        @Test func `a failed upstream is told of in nginx' words, and where it is`() throws {
            let origin = try Self.origin()
            try Node.with(origin: origin, service: ["retries": 0, "read_timeout": 300, "path": "/"]) { node throws in
                for (path, text) in Self.failures {
                    let socket = try node.connect()
                    try socket.send("GET \(path)?a=b HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n")
                    _ = try socket.rest()
                    socket.close()
                    let line =
                        "\(text), client: 127.0.0.1, server: kong, request: \"GET \(path)?a=b HTTP/1.1\", "
                        + "upstream: \"http://127.0.0.1:\(origin.port)\(path)?a=b\", host: \"shop.test\"\n"
                    #expect(eventually { node.log("error.log").contains(line) }, "\(line)\(node.log("error.log"))")
                }
            }
        }

        @Test func `an upstream that cannot be reached is told of with the system's reason`() throws {
            let plain = try Origin { socket, _ in
                try socket.send("HTTP/1.1 400 Bad Request\r\n\r\n")
                _ = try socket.rest()
            }
            defer { plain.stop() }
            let closing = try Origin { socket, _ in _ = try socket.some() }
            defer { closing.stop() }
            let gone = try LocalAddress.freePorts(1)[0]
            try Node.with([:]) { node throws in
                try node.route("/gone", to: gone, ["retries": 0])
                try node.route("/plain", to: plain.port, ["retries": 0, "protocol": "https"])
                try node.route("/closing", to: closing.port, ["retries": 0, "protocol": "https"])
                #expect(try node.get("/gone").status == 502)
                #expect(try node.get("/closing").status == 502)
                #expect(try node.get("/plain").status == 502)
                let refused = "connect() failed (111: Connection refused) while connecting to upstream, client: "
                #expect(eventually { node.log("error.log").contains(refused) })
                #expect(node.log("error.log").contains("upstream: \"http://127.0.0.1:\(gone)/gone\", host: \"t\""))
                let closed = "peer closed connection in SSL handshake while SSL handshaking to upstream, client: "
                #expect(eventually { node.log("error.log").contains(closed) }, "\(node.log("error.log"))")
                // The library's text, and nothing of what it is wrapped in.
                let handshake = try Regex(
                    #"SSL_do_handshake\(\) failed \(SSL: error:[0-9a-fA-F]+:[^()@\[]*WRONG_VERSION_NUMBER\) while SSL "#
                        + #"handshaking to upstream, .*, upstream: "https://127\.0\.0\.1:\#(plain.port)/plain", "#)
                #expect(eventually { node.log("error.log").contains(handshake) }, "\(node.log("error.log"))")
            }
        }

        @Test func `a body that is no body or too large is told of`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            try Node.with(origin: origin, ["client_max_body_size": "4"]) { node throws in
                let chunked = "POST /x HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n"
                #expect(try node.exchange("\(chunked)Connection: close\r\n\r\nzz\r\n", method: "POST").status == 400)
                let long = "POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcde"
                #expect(try node.exchange(long, method: "POST").status == 413)
                for text in ["client sent invalid chunked body, ", "client intended to send too large body: 5 bytes, "]
                {
                    #expect(eventually { node.log("error.log").contains(text + "client: 127.0.0.1, server: kong") })
                }
            }
        }
    }
}
