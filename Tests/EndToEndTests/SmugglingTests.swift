// Ways of hiding one request in another, sent to a node in front of a real nginx: each is refused whole, or nginx gets
// just the requests that were meant. How the parsers judge the single notations stands in WireTests.

import Testing

extension EndToEnd {
    @Suite("Smuggling")
    struct Smuggling {
        private static let hidden = "GET /hidden HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"

        /// A POST with these fields, whose body may end in different places; a request follows.
        private static func post(_ fields: String, _ body: String = "0\r\n\r\n", version: String = "1.1") -> String {
            "POST /first HTTP/\(version)\r\nHost: t\r\n\(fields)\r\n\(body)" + hidden
        }

        private static func chunks(_ body: String) -> String {
            post("Transfer-Encoding: chunked\r\n", body)
        }

        private static func get(_ head: String) -> String {
            "GET /first HTTP/1.1\r\n\(head)\r\n" + hidden
        }

        static let refused: [String] = [
            // Lengths that contradict each other, or are none.
            post("Content-Length: 5\r\nContent-Length: 6\r\n"), post("Content-Length: 5, 6\r\n"),
            post("Content-Length: 0x5\r\n"), post("Content-Length: +5\r\n"), post("Content-Length: 1_0\r\n"),
            post("Content-Length: 18446744073709551621\r\n"), post("Content-Length: 5\r\n 6\r\n"),
            post("Content-Length : 5\r\n"), post("Content-Length\t: 5\r\n"), post("X: y\rContent-Length: 5\r\n"),
            post("X: y\nContent-Length: 5\r\n"), post("Content-Length: 5\0\r\n"),
            // Codings that one takes for chunked and another does not.
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), post("Transfer-Encoding: xchunked\r\n"),
            post("Transfer-Encoding: chunked, identity\r\n"), post("Transfer-Encoding: \u{b}chunked\r\n"),
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"), post("Transfer-Encoding : chunked\r\n"),
            post("Transfer-Encoding:\r\n chunked\r\n"), post("Transfer-Encoding: \"chunked\"\r\n"),
            post("Transfer-Encoding\r\n: chunked\r\n"), post("X: y\nTransfer-Encoding: chunked\r\n"),
            post("Transfer-Encoding: chunked\r\n", version: "1.0"),
            // Fields that the next hop would be told to drop.
            post("Connection: Content-Length\r\nContent-Length: 5\r\n"),
            post("Connection: close, transfer-encoding\r\nTransfer-Encoding: chunked\r\n"),
            // Hosts that are several or none.
            get("Host: t\r\nHost: u\r\n"), get("Host:\r\n"), get("Host: t, u\r\n"), get("Host: t u\r\n"), get(""),
            "GET http:///first HTTP/1.1\r\nHost: t\r\n\r\n" + hidden,
            "GET http://u@t/first HTTP/1.1\r\nHost: t\r\n\r\n" + hidden,
            // Lines that end in several places.
            get("Host: t\r\nX: y\r\n z\r\n"), get("Host: t\r\nX: y\rZ: z\r\n"), get("Host: t\r\nX: a\0b\r\n"),
            get("Host: t\r\n X: y\r\n"), "GET /first\rHTTP/1.1\r\nHost: t\r\n\r\n" + hidden,
            "GET /first HTTP/1.1\r\nHost: t\r\n\r\r\n" + hidden, "GET /fi\0rst HTTP/1.1\r\nHost: t\r\n\r\n" + hidden,
            // Sizes of chunks in other notations, and ends that are none.
            chunks("0x5\r\nhello\r\n0\r\n\r\n"), chunks("+5\r\nhello\r\n0\r\n\r\n"),
            chunks("1_0\r\nhello\r\n0\r\n\r\n"), chunks("10000000000000005\r\nhello\r\n0\r\n\r\n"),
            chunks("5 ;\nhello\r\n0\r\n\r\n"), chunks("5;a=b\nhello\r\n0\r\n\r\n"), chunks("5\nhello\r\n0\r\n\r\n"),
            chunks("5\r\nhelloXX0\r\n\r\n"), chunks("5\r\nhello\n0\r\n\r\n"), chunks("0\r\nX: y\n\r\n"),
        ]

        @Test(arguments: ["on", "off"])
        func `what could be read in two ways is refused, and nothing of it reaches the upstream`(
            _ buffering: String
        ) throws {
            try Self.scene(buffering) { node, nginx throws in
                for (number, message) in Self.refused.enumerated() {
                    let socket = try node.connect()
                    defer { socket.close() }
                    try socket.send(message)
                    let answer = try socket.answer()
                    #expect(
                        [400, 405, 411, 501].contains(answer.status), "\(answer.start) to \(message.debugDescription)")
                    #expect(try socket.rest().isEmpty, "\(message.debugDescription)")
                    try Self.expect(nginx, [], node, number, message)
                }
            }
        }

        /// What passes, and what nginx must make of it.
        static let accepted: [(String, [String])] = [
            (post("Content-Length: 5\r\n", "hello"), ["POST /first t [hello]", "GET /hidden t []"]),
            (post("Content-Length:\t005 \r\n", "hello"), ["POST /first t [hello]", "GET /hidden t []"]),
            (post("Content-Length: 0\r\n", ""), ["POST /first t []", "GET /hidden t []"]),
            (chunks("5;x=\"y;\"\r\nhello\r\n0\r\n\r\n"), ["POST /first t [hello]", "GET /hidden t []"]),
            (chunks("005\r\nhello\r\n000;x\r\n\r\n"), ["POST /first t [hello]", "GET /hidden t []"]),
            (chunks("A\r\n5\r\nhello\r\n\r\n0\r\n\r\n"), ["POST /first t [5\\r\\nhello\\r\\n]", "GET /hidden t []"]),
            (
                chunks("5\r\nhello\r\n0\r\nContent-Length: 50\r\nTransfer-Encoding: x\r\n\r\n"),
                ["POST /first t [hello]", "GET /hidden t []"]
            ),
            (post("transfer-ENCODING: CHUNKED\r\n"), ["POST /first t []", "GET /hidden t []"]),
            (post("X-Content-Length: 50\r\n", ""), ["POST /first t []", "GET /hidden t []"]),
            (post("Content_Length: 50\r\n", ""), ["POST /first t []", "GET /hidden t []"]),
            (post("Transfer_Encoding: chunked\r\n", ""), ["POST /first t []", "GET /hidden t []"]),
            (get("Host: t\r\nContent-Length: 4\r\n\r\nGET "), ["GET /first t [GET ]", "GET /hidden t []"]),
            ("GET http://t/first HTTP/1.1\r\nHost: t\r\n\r\n" + hidden, ["GET /first t []", "GET /hidden t []"]),
            ("\r\n\r\nGET /first HTTP/1.1\r\nHost: t\r\n\r\n" + hidden, ["GET /first t []", "GET /hidden t []"]),
        ]

        @Test(arguments: ["on", "off"])
        func `what passes is the same requests to nginx`(_ buffering: String) throws {
            try Self.scene(buffering) { node, nginx throws in
                for (number, (message, meant)) in Self.accepted.enumerated() {
                    let socket = try node.connect()
                    defer { socket.close() }
                    try socket.send(message)
                    for _ in meant { #expect(try socket.answer().status == 200, "\(message.debugDescription)") }
                    try Self.expect(nginx, meant, node, number, message)
                }
            }
        }

        private static func scene(_ buffering: String, _ body: (Node, Nginx) throws -> Void) throws {
            try Nginx.with { nginx throws in
                try Node.with(["nginx_proxy_proxy_request_buffering": buffering]) { node throws in
                    try node.route("/", to: nginx.port, [:], ["preserve_host": true])
                    try body(node, nginx)
                }
            }
        }

        /// nginx notes requests in their order: what was to arrive stands between two that are known.
        private static func expect(
            _ nginx: Nginx, _ meant: [String], _ node: Node, _ number: Int, _ message: String
        ) throws {
            let end = "GET /end-\(number) t []"
            #expect(try node.get("/end-\(number)").status == 200)
            #expect(eventually(within: 10) { nginx.seen.contains(end) })
            let seen = nginx.seen
            let begin = seen.firstIndex(of: "GET /end-\(number - 1) t []").map { $0 + 1 } ?? 0
            #expect(Array(seen[begin...].prefix { $0 != end }) == meant, "\(message.debugDescription)")
        }
    }
}
