// Request bodies are read whole before an upstream is asked, in memory or on the disk; what may go wrong with that
// costs one request and leaves nothing behind.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Request buffering")
    struct Buffering {
        private static let off = ["nginx_proxy_proxy_request_buffering": "off"]
        private static let chunked = "Transfer-Encoding: chunked\r\n\r\n"

        /// Tells how a body came and what came.
        private static func origin() throws -> Origin {
            try Origin { socket, origin in
                while true {
                    var check = PatternCheck()
                    guard let request = try socket.request(sink: { check.take($0) }) else { return }
                    origin.note(request)
                    let framing = request.fields["transfer-encoding"] ?? request.fields["content-length"] ?? "nothing"
                    try socket.send(Origin.ok("\(framing): \(check.verdict)"))
                }
            }
        }

        /// The pattern's first bytes.
        private static func pattern(_ count: Int) -> [UInt8] {
            let blocks = (0...count / Pattern.blockBytes).flatMap { Pattern.block($0) }
            return Array(blocks.prefix(count))
        }

        /// The bodies that the worker has on the disk, by the names that the system gives them.
        private static func spooled(_ node: Node) throws -> [String] {
            let folder = "/proc/\(try node.worker.pid)/fd"
            return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
                return target.flatMap { $0.contains("/client_body_temp/") || $0.contains("/bodies/") ? $0 : nil }
            }
        }

        @Test func `a chunked body of any size reaches the upstream with its length`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let socket = try node.connect()
                for count in [0, 5, 8192, 8193, 70_000, 3_000_000] {
                    let body = Self.pattern(count)
                    try socket.send("POST / HTTP/1.1\r\nHost: t\r\n" + Self.chunked)
                    for start in stride(from: 0, to: count, by: 10_000) {
                        let part = body[start..<min(start + 10_000, count)]
                        try socket.send("\(String(part.count, radix: 16))\r\n")
                        try socket.send(Array(part) + Array("\r\n".utf8))
                    }
                    try socket.send("0\r\n\r\n")
                    #expect(try socket.answer().text == "\(count): \(count) bytes intact")
                }
                #expect(eventually(within: 10) { try Self.spooled(node).isEmpty })
            }
        }

        @Test func `a real nginx gets the bytes of chunked bodies with their length`() throws {
            let http = """
                client_max_body_size 0; client_body_in_file_only on;
                log_format got '$content_length|$http_transfer_encoding|$request_body_file';
                server { listen {port}; access_log {folder}/got.log got;
                    location / { proxy_pass http://{port}/done; }
                    location = /done { access_log off; client_body_in_file_only off; return 200 ok; } }
                """
            try Nginx.with(http: http) { nginx in
                try Node.with { node throws in
                    try node.route("/", to: nginx.port)
                    let socket = try node.connect()
                    let counts = [0, 5, 8192, 8193, 70_000, 3_000_000]
                    for (place, count) in counts.enumerated() {
                        let body = Self.pattern(count)
                        try socket.send("POST / HTTP/1.1\r\nHost: t\r\n" + Self.chunked)
                        for start in stride(from: 0, to: count, by: 50_000) {
                            let part = body[start..<min(start + 50_000, count)]
                            try socket.send("\(String(part.count, radix: 16))\r\n")
                            try socket.send(Array(part) + Array("\r\n".utf8))
                        }
                        try socket.send("0\r\n\r\n")
                        #expect(try socket.answer().status == 200)
                        #expect(eventually(within: 10) { nginx.file("got.log").split(separator: "\n").count > place })
                        let lines = nginx.file("got.log").split(separator: "\n")
                        let words = lines[place].split(separator: "|").map(String.init)
                        #expect(words.prefix(2) == ["\(count)", "-"])
                        if count > 0 { #expect(FileManager.default.contents(atPath: words[2]) == Data(body)) }
                    }
                }
            }
        }

        @Test func `a body over HTTP 2 reaches the upstream with its length, told or not`() throws {
            let origin = try Self.origin()
            defer { origin.stop() }
            try Node.with(["proxy_listen": "127.0.0.1:{proxy} http2, 127.0.0.1:{tls} ssl"]) { node throws in
                try node.route("/", to: origin.port)
                let file = node.prefix + "/body"
                for count in [100, 300_000] {
                    try Data(Self.pattern(count)).write(to: URL(fileURLWithPath: file))
                    for field in ["X-Length: told", "Content-Length:"] {
                        let run = try Command.run(
                            "curl",
                            [
                                "-sS", "--http2-prior-knowledge", "-H", field, "--data-binary", "@" + file,
                                "http://127.0.0.1:\(node.proxyPort)/",
                            ])
                        #expect(run.output == "\(count): \(count) bytes intact")
                    }
                }
            }
        }

        @Test func `the upstream is asked when the body is whole, and the file has no name`() throws {
            let origin = try Self.origin()
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                let body = Self.pattern(200_000)
                try socket.send("POST /slow HTTP/1.1\r\nHost: t\r\nContent-Length: 200000\r\n\r\n")
                try socket.send(Array(body.prefix(150_000)))
                #expect(eventually(within: 10) { try Self.spooled(node).count == 1 })
                #expect(try Self.spooled(node).allSatisfy { $0.hasSuffix(" (deleted)") })
                #expect(try node.get("/quick").text == "nothing: 0 bytes intact")
                #expect(origin.requests == ["GET /quick HTTP/1.1"])
                #expect(try FileManager.default.contentsOfDirectory(atPath: node.prefix + "/client_body_temp") == [])
                try socket.send(Array(body.dropFirst(150_000)))
                #expect(try socket.answer().text == "200000: 200000 bytes intact")
                // One that is not finished leaves nothing behind, either.
                try socket.send("POST /slow HTTP/1.1\r\nHost: t\r\nContent-Length: 200000\r\n\r\n")
                try socket.send(Array(body.prefix(150_000)))
                #expect(eventually(within: 10) { try Self.spooled(node).count == 1 })
                socket.close()
                #expect(eventually(within: 10) { try Self.spooled(node).isEmpty })
                #expect(origin.requests.count == 2)
            }
        }

        @Test func `without buffering the upstream is asked at once and gets chunks`() throws {
            let origin = try Self.origin()
            let early = try Origin { socket, _ in
                _ = try socket.head()
                try socket.send(Origin.ok("early"))
                while try !socket.some().isEmpty {}
            }
            defer { early.stop() }
            try Node.with(origin: origin, Self.off) { node throws in
                try node.route("/early", to: early.port)
                let begun = try node.connect()
                try begun.send("POST /early HTTP/1.1\r\nHost: t\r\nContent-Length: 200000\r\n\r\nbegin")
                #expect(try begun.answer().text == "early")
                let socket = try node.connect()
                try socket.send("POST / HTTP/1.1\r\nHost: t\r\n" + Self.chunked)
                try socket.send(Array("4e20\r\n".utf8) + Self.pattern(20_000) + Array("\r\n0\r\n\r\n".utf8))
                #expect(try socket.answer().text == "chunked: 20000 bytes intact")
            }
        }

        @Test(arguments: [5000, 500_000])
        func `a body that lies here is sent to the next upstream when one fails`(count: Int) throws {
            let origin = try Origin { socket, origin in
                var check = PatternCheck()
                guard origin.accepted >= 3 else {
                    _ = try socket.head()
                    _ = try socket.some()
                    return
                }
                guard let request = try socket.request(sink: { check.take($0) }) else { return }
                origin.note(request)
                try socket.send(Origin.ok(check.verdict))
            }
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                try socket.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: \(count)\r\n\r\n")
                for part in Self.pattern(count).chunks(of: 4000) { try socket.send(part) }
                #expect(try socket.answer().text == "\(count) bytes intact")
                #expect(origin.requests.count == 1)
            }
        }

        @Test(.enabled(if: SmallDisk.isAvailable))
        func `a disk that is full costs the request that needs it, and is told`() throws {
            try SmallDisk.with(kilobytes: 2000) { disk throws in
                let settings = ["nginx_http_client_body_temp_path": disk.path + "/bodies 1 2"]
                try Node.with(origin: Self.origin(), settings) { node throws in
                    let worker = try node.worker.pid
                    let upload =
                        Array("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 900000\r\n\r\n".utf8)
                        + Self.pattern(900_000)
                    let waiting = try node.connect()
                    try waiting.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n")
                    disk.fill()
                    let refused = try node.connect()
                    refused.sendAside(upload)
                    let answer = try refused.answer()
                    #expect(answer.status == 500)
                    #expect(answer.text.contains("An unexpected error occurred"))
                    #expect(eventually(within: 10) { Self.complains(node) })
                    try waiting.send(Self.pattern(5))
                    #expect(try waiting.answer().text == "5: 5 bytes intact")
                    disk.free()
                    let served = try node.connect()
                    served.sendAside(upload)
                    #expect(try served.answer().text == "900000: 900000 bytes intact")
                    #expect(try node.worker.pid == worker)
                    #expect(eventually(within: 10) { try Self.spooled(node).isEmpty })
                }
            }
        }

        private static func complains(_ node: Node) -> Bool {
            node.log("error.log").split(separator: "\n").contains { line in
                line.contains("[crit]") && line.contains("/bodies\" failed (28: No space left on device)")
            }
        }

        @Test func `a folder that is gone is told by its name`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                try FileManager.default.removeItem(atPath: node.prefix + "/client_body_temp")
                let socket = try node.connect()
                socket.sendAside(
                    Array("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 90000\r\n\r\n".utf8) + Self.pattern(90_000))
                #expect(try socket.answer().status == 500)
                #expect(
                    eventually(within: 10) { node.log("error.log").contains("failed (2: No such file or directory)") })
                #expect(try node.get("/").text == "nothing: 0 bytes intact")
            }
        }

        @Test(arguments: ["on", "off"])
        func `a body that stalls is answered 408`(buffering: String) throws {
            let settings = [
                "nginx_proxy_proxy_request_buffering": buffering, "nginx_proxy_client_body_timeout": "1500ms",
            ]
            try Node.with(origin: Self.origin(), settings) { node throws in
                let framings = ["Content-Length: 100000\r\n\r\nbegin", "Transfer-Encoding: chunked\r\n\r\n5\r\nbegin"]
                let stalling = try framings.map { framing in
                    let socket = try node.connect()
                    try socket.send("POST /stalls HTTP/1.1\r\nHost: t\r\nAccept: application/json\r\n" + framing)
                    return socket
                }
                // The time is that between two reads, not that of all.
                let slow = try node.connect()
                try slow.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n")
                for byte in Self.pattern(10) {
                    try slow.send([byte])
                    usleep(200_000)
                }
                #expect(try slow.answer().text == "10: 10 bytes intact")
                for socket in stalling {
                    let answer = try socket.answer()
                    #expect(answer.status == 408)
                    #expect(answer.text == "{\"message\":\"Request timeout\"}\n")
                    #expect(answer.closes)
                    #expect(socket.isClosedByPeer(within: 8))
                }
                #expect(eventually(within: 10) { node.log("access.log").contains("\"POST /stalls HTTP/1.1\" 408 ") })
            }
        }

        @Test func `a head that stalls is answered 408, and silence is not`() throws {
            try Node.with(["nginx_proxy_client_header_timeout": "1s"]) { node throws in
                let socket = try node.connect()
                try socket.send("GET / HTTP/1.1\r\nHo")
                #expect(try socket.answer().status == 408)
                #expect(socket.isClosedByPeer(within: 8))
                #expect(try node.connect().isClosedByPeer(within: 8))
            }
        }
    }
}

extension [UInt8] {
    fileprivate func chunks(of count: Int) -> [[UInt8]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
