// gzip by injected directives: the same answers are fetched from the gateway and from a real nginx with the same
// directives, and have to be alike.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Gzip")
    struct Gzip {
        /// Each with the fields of the upstream's answer; the body is long unless the target says otherwise.
        private static let answers: [String: String] = [
            "/html": "Content-Type: text/html\r\n", "/plain": "Content-Type: text/plain; charset=x\r\n",
            "/css": "Content-Type: text/css\r\n", "/none": "", "/short": "Content-Type: text/html\r\n",
            "/strong": "Content-Type: text/html\r\nETag: \"abc\"\r\nAccept-Ranges: bytes\r\nVary: Origin\r\n",
            "/weak": "Content-Type: text/html\r\nETag: W/\"abc\"\r\n",
            "/odd": "Content-Type: text/html\r\nETag: abc\r\n",
            "/encoded": "Content-Type: text/html\r\nContent-Encoding: br\r\n",
            "/nostore": "Content-Type: text/html\r\nCache-Control: no-store\r\n",
            "/dated": "Content-Type: text/html\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                + "Expires: Sun, 06 Nov 1994 08:49:36 GMT\r\n",
        ]
        private static let long = String(repeating: "All work and no play makes Jack a dull boy.\n", count: 3000)

        private static func origin() throws -> Origin {
            try Origin(answering: { request in
                let path = request.target
                if path.hasPrefix("/status/") {
                    return "HTTP/1.1 \(path.dropFirst(8)) X\r\nContent-Type: text/html\r\n"
                        + "Content-Length: \(long.utf8.count)\r\n\r\n" + (request.method == "HEAD" ? "" : long)
                }
                if path == "/chunked" {
                    return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
                }
                return Origin.ok(path == "/short" ? "1234567890123456789" : long, answers[path] ?? "")
            })
        }

        /// The answer in the parts that have to be alike, the body as it is or as gzip has it.
        private static func fetch(_ port: Int, _ start: String, _ fields: String) throws -> [String] {
            let socket = try Socket.connect(port: port)
            defer { socket.close() }
            try socket.send("\(start)\r\nHost: t\r\n\(fields)Connection: close\r\n\r\n")
            let method = String(start.prefix { $0 != " " })
            let answer = try socket.answer(to: method)
            let names = ["content-encoding", "etag", "accept-ranges", "transfer-encoding", "content-length"]
            // Lines of one name may come in any order.
            let vary = (answer.fields["vary"] ?? "-").components(separatedBy: ", ").sorted()
            let isZipped = method != "HEAD" && answer.fields["content-encoding"] == "gzip"
            let body = isZipped ? try unzip(answer.body) : answer.text
            return ["\(answer.status)"] + vary + names.map { "\($0): \(answer.fields[$0] ?? "-")" } + [body]
        }

        /// What gzip makes of it, also where the end is missing.
        static func unzip(_ bytes: [UInt8]) throws -> String {
            let file = NSTemporaryDirectory() + "/e2e-gzip-\(UUID().uuidString)"
            defer { unlink(file) }
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            return try Command.run("sh", ["-c", "gzip -dc < \(file) 2> \(file).error; rm -f \(file).error"]).output
        }

        /// The next chunk of an answer.
        private static func chunk(_ socket: Socket) throws -> [UInt8] {
            let size = try #require(Int(try socket.line(), radix: 16))
            var chunk: [UInt8] = []
            while chunk.count < size, case let part = try socket.some(limit: size - chunk.count) {
                try #require(!part.isEmpty)
                chunk += part
            }
            #expect(try socket.line() == "")
            return chunk
        }

        private static func compare(_ directives: [String: String], _ cases: [(start: String, fields: String)]) throws {
            let origin = try origin()
            let text = directives.map { "\($0) \($1);" }.joined(separator: "\n")
            let settings = Dictionary(uniqueKeysWithValues: directives.map { ("nginx_proxy_\($0)", $1) })
            try Nginx.with(http: "\(text)\nserver { listen {port}; location / { \(Nginx.proxyPass(origin)) } }") {
                nginx in
                try Node.with(origin: origin, settings) { node throws in
                    for each in cases {
                        let expected = try fetch(nginx.port, each.start, each.fields)
                        let found = try fetch(node.proxyPort, each.start, each.fields)
                        #expect(found == expected, "\(each.start) \(each.fields)")
                    }
                }
            }
        }

        private static let takes = "Accept-Encoding: deflate, gzip\r\n"

        private static func gets(_ targets: [String], _ fields: String = takes) -> [(start: String, fields: String)] {
            targets.map { ("GET \($0) HTTP/1.1", fields) }
        }

        private static let all = answers.keys.sorted() + ["/chunked"]

        @Test func `answers of every kind are those of nginx`() throws {
            let statuses = [200, 201, 206, 301, 400, 403, 404, 500, 503].map { "/status/\($0)" }
            let encodings = ["gzip;q=0", "gzip; q=0.5", "*", "x-gzip", "GZIP"].flatMap {
                Self.gets(["/html"], "Accept-Encoding: \($0)\r\n")
            }
            try Self.compare(
                ["gzip": "on", "gzip_vary": "on", "gzip_types": "text/plain"],
                Self.gets(Self.all + statuses) + Self.gets(["/html", "/plain"], "") + encodings
                    + [("HEAD /status/200 HTTP/1.1", Self.takes), ("GET /html HTTP/1.0", Self.takes)])
        }

        @Test func `every type, and clients of HTTP 1.0`() throws {
            try Self.compare(
                [
                    "gzip": "on", "gzip_types": "*", "gzip_http_version": "1.0", "gzip_min_length": "0",
                    "gzip_comp_level": "9",
                ], Self.gets(Self.all) + [("GET /html HTTP/1.0", Self.takes), ("GET /chunked HTTP/1.0", Self.takes)])
        }

        @Test(arguments: ["off", "any", "no-store expired", "no_etag no_last_modified", "auth"])
        func `answers for another proxy`(proxied: String) throws {
            let via = Self.takes + "Via: 1.1 cache\r\n"
            try Self.compare(
                ["gzip": "on", "gzip_vary": "on", "gzip_proxied": proxied],
                Self.gets(Self.all, via) + Self.gets(["/html"], via + "Authorization: x\r\n"))
        }

        @Test func `clients that are left out by their names`() throws {
            let agents = ["curl/8", "Old-BOT/1", "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"]
            try Self.compare(
                ["gzip": "on", "gzip_disable": "msie6 \"^old-bot/[01]\""],
                agents.flatMap { Self.gets(["/html"], Self.takes + "User-Agent: \($0)\r\n") })
        }

        @Test func `curl gets the body back, over HTTP 2 too, and the log counts what was sent`() throws {
            let origin = try Self.origin()
            let settings = [
                "nginx_http_gzip": "on", "nginx_http_log_format": "sizes '$gzip_ratio|$body_bytes_sent'",
                "proxy_access_log": "logs/access.log sizes",
                "proxy_listen": "127.0.0.1:{proxy} http2, 127.0.0.1:{tls} ssl",
            ]
            try Node.with(origin: origin, settings) { node throws in
                for version in ["--http1.1", "--http2-prior-knowledge"] {
                    let run = try Command.run(
                        "curl", ["-sS", version, "--compressed", "http://127.0.0.1:\(node.proxyPort)/html"])
                    #expect(run.output == Self.long)
                }
                let isThere = eventually(within: 10) { node.log("access.log").split(separator: "\n").count == 2 }
                #expect(isThere)
                // Over HTTP/1 the chunked coding is sent as well.
                let lines = node.log("access.log").split(separator: "\n")
                for (line, coding) in zip(lines, [10.0...64.0, -1...1]) {
                    let parts = line.split(separator: "|").compactMap { Double($0) }
                    try #require(parts.count == 2, "\(line)")
                    #expect(coding.contains(parts[1] - Double(Self.long.utf8.count) / parts[0]), "\(line)")
                }
                _ = try node.get("/html")
                #expect(eventually(within: 10) { node.log("access.log").contains("-|\(Self.long.utf8.count)") })
            }
        }

        @Test func `what an upstream says now reaches the client now`() throws {
            // The next event is said when the client has seen the one before.
            let seen = DispatchSemaphore(value: 0)
            let origin = try Origin { socket, _ in
                guard try socket.request() != nil else { return }
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
                for count in 1...5 {
                    let event = "data: \(count)\n\n"
                    try socket.send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
                    guard seen.wait(timeout: .now() + 10) == .success else { return }
                }
                try socket.send("0\r\n\r\n")
            }
            let settings = ["nginx_http_gzip": "on", "nginx_http_gzip_types": "text/event-stream"]
            try Node.with(origin: origin, settings) { node throws in
                let socket = try node.connect()
                try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\(Self.takes)\r\n")
                #expect(try socket.head()?.fields["content-encoding"] == "gzip")
                var body: [UInt8] = []
                for count in 1...5 {
                    while try !Self.unzip(body).hasSuffix("data: \(count)\n\n") { body += try Self.chunk(socket) }
                    seen.signal()
                }
                while case let part = try Self.chunk(socket), !part.isEmpty { body += part }
                #expect(try Self.unzip(body) == (1...5).map { "data: \($0)\n\n" }.joined())
            }
        }

        @Test func `a long answer to a slow client is held by the upstream, not in memory`() throws {
            let block = [UInt8](repeating: 0, count: 64 << 10).map { _ in UInt8.random(in: 32...126) }
            let total = 100 << 20
            let sent = Counter()
            let origin = try Origin { socket, _ in
                guard let request = try socket.request() else { return }
                if request.target == "/small" { return try socket.send(Origin.ok()) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(total)\r\n\r\n")
                for _ in 0..<(total / block.count) {
                    try socket.send(block)
                    sent.add(block.count)
                }
            }
            try Node.with(origin: origin, ["nginx_http_gzip": "on"]) { node throws in
                let idle = try node.worker.residentBytes
                let socket = try node.connect(receiveBufferBytes: 4096)
                try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\(Self.takes)\r\n")
                _ = try socket.some(limit: 1)
                var before = -1
                let isStalled = eventually(within: 20) {
                    defer { before = sent.value }
                    usleep(200_000)
                    return sent.value == before
                }
                #expect(isStalled)
                #expect(sent.value < total)
                #expect(try node.get("/small").text == "ok")
                #expect(try node.worker.residentBytes < idle + (32 << 20))
            }
        }

        @Test func `answers of the Admin API are compressed when its own directives say so`() throws {
            let settings = [
                "nginx_http_gzip_types": "application/json", "nginx_admin_gzip": "on", "nginx_admin_gzip_vary": "on",
            ]
            let origin = try Self.origin()
            try Node.with(origin: origin, settings) { node throws in
                for path in ["/", "/schemas/plugins/request-transformer"] {
                    let plain = try Command.run("curl", ["-sS", "http://127.0.0.1:\(node.adminPort)\(path)"])
                    let run = try Command.run(
                        "curl", ["-sS", "-i", "--compressed", "http://127.0.0.1:\(node.adminPort)\(path)"])
                    #expect(run.output.contains("Content-Encoding: gzip"))
                    #expect(run.output.contains("Vary: Accept-Encoding"))
                    if path != "/" { #expect(run.output.hasSuffix(plain.output)) }
                }
                #expect(try Self.fetch(node.proxyPort, "GET /html HTTP/1.1", Self.takes)[2] == "content-encoding: -")
            }
        }
    }
}
