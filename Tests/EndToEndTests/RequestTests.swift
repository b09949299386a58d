// Requests and answers over one connection: what every client relies on.

import Testing

extension EndToEnd {
    @Suite("Requests")
    struct Requests {
        /// Answers with the target, which tells answers apart.
        private static func origin() throws -> Origin {
            try Origin(answering: { Origin.ok($0.target) })
        }

        @Test func `the first request to a new node is answered`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let answer = try node.get("/hello?a=b")
                #expect(answer.status == 200)
                #expect(answer.text == "/hello?a=b")
                #expect(answer.fields["via"] == "kong/1.1.2")
                #expect(answer.fields["connection"] == "close")
            }
        }

        /// The pages of statuses for which Kong has none of its own.
        @Test(arguments: [
            ("TRACE / HTTP/1.1\r\n", "405 Not Allowed"), ("GET / HTTP/3.0\r\n", "505 HTTP Version Not Supported"),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n", "501 Not Implemented"),
        ])
        func `what nginx refuses by itself gets its page, and no plugin sees it`(start: String, title: String) throws {
            try Node.with(origin: Self.origin()) { node throws in
                try node.admin("POST", "/plugins", ["name": "correlation-id", "config": ["echo_downstream": true]])
                let answer = try node.exchange("\(start)Host: t\r\nAccept: application/json\r\n\r\n")
                #expect("\(answer.status)" == title.prefix(3))
                #expect(answer.fields["server"] == "openresty/1.13.6.2" && answer.fields["connection"] == "close")
                #expect(answer.fields["content-type"] == "text/html; charset=UTF-8")
                #expect(answer.text.contains("<center><h1>\(title)</h1></center>"))
                #expect(answer.fields["kong-request-id"] == nil)
                #expect(try node.exchange("GET /%zz HTTP/1.1\r\nHost: t\r\n\r\n").fields["server"] == "kong/1.1.2")
            }
        }

        @Test func `requests share a connection on both sides`() throws {
            let origin = try Self.origin()
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                for number in 0..<50 {
                    #expect(try socket.get("/\(number)").text == "/\(number)")
                }
                #expect(origin.accepted == 1)
            }
        }

        @Test func `a hundred pipelined requests are answered in order`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let socket = try node.connect()
                try socket.send((0..<100).map { "GET /\($0) HTTP/1.1\r\nHost: t\r\n\r\n" }.joined())
                for number in 0..<100 {
                    #expect(try socket.answer().text == "/\(number)")
                }
            }
        }

        @Test func `pipelined requests with bodies and without routes keep their places`() throws {
            let origin = try Origin(answering: { Origin.ok($0.target + $0.text) })
            defer { origin.stop() }
            try Node.with { node throws in
                try node.route("/up", to: origin.port)
                let socket = try node.connect()
                let round =
                    "POST /up HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nbody"
                    + "GET /nowhere HTTP/1.1\r\nHost: t\r\n\r\n"
                    + "PUT /up HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                try socket.send(String(repeating: round, count: 20))
                for _ in 0..<20 {
                    #expect(try socket.answer().text == "/upbody")
                    #expect(try socket.answer().status == 404)
                    #expect(try socket.answer().text == "/upabc")
                }
            }
        }

        @Test func `HTTP 1_0 closes unless it asks to be kept`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let plain = try node.connect()
                try plain.send("GET /a HTTP/1.0\r\n\r\n")
                #expect(try plain.answer().text == "/a")
                #expect(plain.isClosedByPeer())
                let kept = try node.connect()
                for _ in 0..<3 {
                    try kept.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    let answer = try kept.answer()
                    #expect(answer.text == "/a")
                    #expect(answer.fields["connection"] == "keep-alive")
                }
            }
        }

        @Test func `an answer of unknown length reaches HTTP 1_0 without chunks`() throws {
            let origin = try Origin(answering: { _ in
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            })
            try Node.with(origin: origin) { node throws in
                let old = try node.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(old.text == "abcde")
                #expect(old.fields["transfer-encoding"] == nil)
                #expect(old.closes)
                #expect(try node.get("/").text == "abcde")
            }
        }

        @Test func `answers without a body leave the connection usable`() throws {
            let origin = try Origin(answering: { request in
                switch (request.method, request.target) {
                case ("HEAD", _): "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                case (_, "/204"): "HTTP/1.1 204 No Content\r\n\r\n"
                case (_, "/304"): "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: \"x\"\r\n\r\n"
                default: Origin.ok()
                }
            })
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                for _ in 0..<5 {
                    try socket.send("HEAD /head HTTP/1.1\r\nHost: t\r\n\r\n")
                    #expect(try socket.answer(to: "HEAD").fields["content-length"] == "1000")
                    #expect(try socket.get("/204").status == 204)
                    #expect(try socket.get("/304").fields["etag"] == "\"x\"")
                    #expect(try socket.get("/").text == "ok")
                }
                #expect(origin.accepted == 1)
            }
        }

        @Test func `a client that asks before it sends is told to go on`() throws {
            let origin = try Origin(answering: { Origin.ok($0.text) })
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
                    try socket.send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n\(framing)\r\n\r\n")
                    #expect(try socket.answer().status == 100)
                    try socket.send(framing.hasSuffix("5") ? "hello" : "5\r\nhello\r\n0\r\n\r\n")
                    #expect(try socket.answer().text == "hello")
                }
            }
        }

        @Test func `a body that is refused is not asked for`() throws {
            try Node.with { node throws in
                let socket = try node.connect()
                try socket.send("POST /none HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
                #expect(try socket.answer().status == 404)
                #expect(socket.isClosedByPeer())
            }
        }

        @Test func `trailers end a chunked body on both ways`() throws {
            let origin = try Origin(answering: { request in
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "\(String(request.bodyCount, radix: 16))\r\n\(request.text)\r\n0\r\nX-Sum: 1\r\n\r\n"
            })
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                for _ in 0..<5 {
                    try socket.send(
                        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                            + "5;x=y\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n")
                    #expect(try socket.answer().text == "hello")
                }
                #expect(origin.accepted == 1)
            }
        }

        @Test func `a body over client_max_body_size is refused, however it is framed`() throws {
            let origin = try Origin(answering: { Origin.ok("\($0.bodyCount)") })
            try Node.with(origin: origin, ["client_max_body_size": "1k"]) { node throws in
                let head = "POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"
                let body = String(repeating: "x", count: 1025)
                #expect(try node.exchange(head + "Content-Length: 1025\r\n\r\n" + body).status == 413)
                let chunked = head + "Transfer-Encoding: chunked\r\n\r\n401\r\n\(body)\r\n0\r\n\r\n"
                #expect(try node.exchange(chunked).status == 413)
                #expect(origin.requests.isEmpty)
                let fits = head + "Content-Length: 1024\r\n\r\n" + body.dropLast()
                #expect(try node.exchange(fits).text == "1024")
            }
        }

        @Test func `an upgraded connection carries bytes both ways until one side ends it`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                try socket.send(
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhi")
                while case let part = try socket.some(), !part.isEmpty { try socket.send(part) }
            }
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                try socket.send("GET / HTTP/1.1\r\nHost: t\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
                #expect(try socket.answer().status == 101)
                #expect(try socket.some() == Array("hi".utf8))
                for number in 0..<10 {
                    try socket.send("frame \(number)")
                    #expect(try socket.some() == Array("frame \(number)".utf8))
                }
                socket.close()
                #expect(eventually { origin.open == 0 })
            }
        }
    }
}
