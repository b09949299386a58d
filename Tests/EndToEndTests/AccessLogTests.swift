// Access logs that directives open beside those of kong.conf, and lines held against those of a real nginx that has the
// same format and the same upstream.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Access logs")
    struct AccessLogs {
        private static func origin() throws -> Origin {
            try Origin(answering: { request in
                if request.target == "/chunked" {
                    return "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "5\r\nhello\r\n0\r\n\r\n"
                }
                if request.target == "/none" { return "HTTP/1.1 204 No Content\r\n\r\n" }
                return Origin.ok(
                    "hello",
                    "Content-Type: text/html\r\nSet-Cookie: a=1\r\nSet-Cookie: sid=42; Path=/\r\n"
                        + "Cache-Control: a\r\nCache-Control: b\r\nX-By: me\r\nLocation: /x\r\n")
            })
        }

        private static func lines(_ node: Node, _ name: String, _ count: Int) -> [String] {
            let isThere = eventually(within: 10) { node.log(name).split(separator: "\n").count >= count }
            #expect(isThere, "\(name)")
            return node.log(name).split(separator: "\n").map(String.init)
        }

        @Test func `every log of the server's block is written, each in its format, if its condition holds`() throws {
            let settings = [
                "nginx_http_log_format": "short '$status $request_uri'; log_format long 'got $request'",
                "nginx_proxy_access_log": "logs/short.log short buffer=64k; access_log logs/some.log long if=$arg_log",
                "nginx_http_access_log": "logs/never.log",
            ]
            try Node.with(origin: Self.origin(), settings) { node throws in
                for target in ["/a", "/b?log=1", "/c?log=0"] { _ = try node.get(target) }
                #expect(Self.lines(node, "short.log", 3) == ["200 /a", "200 /b?log=1", "200 /c?log=0"])
                #expect(Self.lines(node, "some.log", 1) == ["got GET /b?log=1 HTTP/1.1"])
                #expect(Self.lines(node, "access.log", 3).allSatisfy { $0.hasPrefix("127.0.0.1 - - [") })
                #expect(!FileManager.default.fileExists(atPath: node.prefix + "/logs/never.log"))
            }
        }

        @Test func `off closes all logs of its server, and no other's`() throws {
            let settings = ["nginx_proxy_access_log": "logs/more.log; access_log off"]
            try Node.with(origin: Self.origin(), settings) { node throws in
                #expect(try node.get("/").text == "hello")
                #expect(Self.lines(node, "admin_access.log", 2).count >= 2)
                #expect(node.log("access.log") + node.log("more.log") == "")
            }
        }

        /// What both have to tell alike.
        private static let variables = [
            "request", "request_method", "request_uri", "uri", "document_uri", "args", "is_args", "server_protocol",
            "status", "body_bytes_sent", "request_length", "host", "remote_addr", "remote_user", "http2", "https",
            "realip_remote_addr", "proxy_protocol_addr", "proxy_protocol_port", "request_completion",
            "content_type", "content_length", "connection_requests", "pipe", "gzip_ratio", "scheme", "arg_b",
            "cookie_id", "http_accept", "proxy_add_x_forwarded_for", "sent_http_content_type",
            "sent_http_content_length", "sent_http_transfer_encoding", "sent_http_x_by",
            "sent_http_location", "sent_http_set_cookie", "sent_http_cache_control", "upstream_status",
            "upstream_addr", "upstream_response_length", "upstream_cookie_sid", "upstream_cookie_none",
            "upstream_http_x_by", "upstream_cache_status", "ssl_protocol", "ssl_cipher", "ssl_server_name",
            "ssl_session_reused", "ssl_client_verify",
        ]

        private static let requests = [
            "GET /a%20b?x=1&b=2 HTTP/1.1\r\nHost: T.example:80\r\nCookie: id=7\r\nAccept: a\r\nAccept: b\r\n\r\n",
            "GET /none HTTP/1.1\r\nHost: t\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
            "HEAD / HTTP/1.1\r\nHost: t\r\n\r\n",
            "POST /p HTTP/1.1\r\nHost: t\r\nContent-Type: x/y\r\nContent-Length: 3\r\n\r\nabc",
            "GET /chunked HTTP/1.1\r\nHost: t\r\n\r\n",
            "POST /p HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nHost: t\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: t\r\nAuthorization: Basic bWU6c2VjcmV0\r\nConnection: close\r\n\r\n",
        ]

        private static func ask(_ port: Int) throws {
            let socket = try Socket.connect(port: port)
            defer { socket.close() }
            for request in requests {
                try socket.send(request)
                _ = try socket.answer(to: String(request.prefix { $0 != " " }))
            }
        }

        @Test func `lines say what nginx would`() throws {
            let format = Self.variables.map { "\($0)=$\($0)" }.joined(separator: "\t")
            let origin = try Self.origin()
            let http = """
                charset UTF-8; log_format mine '\(format)';
                server { listen {port}; access_log {folder}/mine.log mine; location / { \(Nginx.proxyPass(origin)) } }
                """
            let settings = ["nginx_http_log_format": "mine '\(format)'", "proxy_access_log": "logs/access.log mine"]
            try Nginx.with(http: http) { nginx in
                try Node.with(origin: origin, settings) { node throws in
                    try Self.ask(nginx.port)
                    try Self.ask(node.proxyPort)
                    let count = Self.requests.count
                    #expect(eventually(within: 10) { nginx.file("mine.log").split(separator: "\n").count == count })
                    let expected = nginx.file("mine.log").split(separator: "\n").map(String.init)
                    let found = Self.lines(node, "access.log", count)
                    try #require(found.count == expected.count)
                    for (found, expected) in zip(found, expected) {
                        for (one, other) in zip(found.split(separator: "\t"), expected.split(separator: "\t")) {
                            #expect(one == other, "\(expected.prefix(60))")
                        }
                    }
                }
            }
        }

        /// What comes over a connection that the client closes then.
        private static let remains = [
            "GET /", "GET /half HTTP/1.1\r\nHost: t\r\nX: ", "\u{16}\u{3}\u{1}\u{2}\r\n", "get / HTTP/1.1\r\n\r\n",
            "G{T / HTTP/1.1\r\nHost: t\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/3.0\r\nHost: t\r\n\r\n",
        ]

        @Test func `what is no request is logged as it came`() throws {
            let format = "$status \"$request\" $request_length"
            let http = """
                log_format mine '\(format)';
                server { listen {port}; access_log {folder}/mine.log mine; location / { return 200; } }
                """
            let settings = ["nginx_http_log_format": "mine '\(format)'", "proxy_access_log": "logs/access.log mine"]
            try Nginx.with(http: http) { nginx in
                try Node.with(origin: Self.origin(), settings) { node throws in
                    for port in [nginx.port, node.proxyPort] {
                        // A connection without a byte is no request at all.
                        for text in Self.remains + [""] {
                            let socket = try Socket.connect(port: port)
                            try socket.send(text)
                            socket.endWriting()
                            _ = try? socket.rest()
                            socket.close()
                        }
                    }
                    let count = Self.remains.count
                    #expect(eventually(within: 10) { nginx.file("mine.log").split(separator: "\n").count == count })
                    let expected = nginx.file("mine.log").split(separator: "\n").map(String.init)
                    #expect(Self.lines(node, "access.log", count).sorted() == expected.sorted())
                }
            }
        }

        @Test func `a line tells what was agreed in the TLS handshake`() throws {
            let settings = [
                "nginx_http_log_format": "tls '$ssl_protocol|$ssl_cipher|$ssl_server_name|$ssl_session_reused|$http2'",
                "proxy_access_log": "logs/access.log tls",
                "proxy_listen": "127.0.0.1:{proxy}, 127.0.0.1:{tls} ssl http2",
            ]
            try Node.with(origin: Self.origin(), settings) { node throws in
                let name = ["--resolve", "a.example:\(node.tlsPort):127.0.0.1", "https://a.example:\(node.tlsPort)/"]
                let runs = [["--http1.1"] + name, ["--http2"] + name, ["--http1.1", "--tls-max", "1.2"] + name]
                for run in runs { #expect(try Command.run("curl", ["-sSk"] + run).output == "hello") }
                _ = try node.get("/")
                let lines = Self.lines(node, "access.log", 4)
                #expect(lines[0].hasPrefix("TLSv1.3|TLS_") && lines[0].hasSuffix("|a.example|.|"), "\(lines[0])")
                #expect(lines[1].hasPrefix("TLSv1.3|TLS_") && lines[1].hasSuffix("|a.example|.|h2"), "\(lines[1])")
                #expect(lines[2].hasPrefix("TLSv1.2|ECDHE-") && lines[2].hasSuffix("|a.example|.|"), "\(lines[2])")
                #expect(lines[3] == "-|-|-|-|")
            }
        }
    }
}
