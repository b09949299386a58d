// Upstreams that fail, in every way an upstream can.

import Glibc
import Synchronization
import Testing

extension EndToEnd {
    @Suite("Upstreams")
    struct Upstreams {
        private static let once = ["retries": 0]

        @Test func `an upstream that dies in mid-answer cuts the answer and the connection`() throws {
            for framing in ["Content-Length: 1000\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"] {
                let origin = try Origin { socket, _ in
                    _ = try socket.request()
                    try socket.send("HTTP/1.1 200 OK\r\n\(framing)")
                }
                try Node.with(origin: origin) { node throws in
                    let socket = try node.connect()
                    try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                    let text = String(decoding: try socket.rest(), as: UTF8.self)
                    #expect(text.hasPrefix("HTTP/1.1 200 OK"))
                    #expect(text.contains("half"))
                    #expect(!text.hasSuffix("0\r\n\r\n"))
                    #expect(origin.accepted == 1, "an answer that has begun can't be asked for again")
                }
            }
        }

        @Test func `an upstream that resets in mid-answer cuts the answer`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
                usleep(100_000)
                socket.reset()
            }
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(String(decoding: try socket.rest(), as: UTF8.self).hasSuffix("half"))
            }
        }

        @Test(arguments: ["SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\0\0\0\0\r\n\r\n", ""])
        func `what is no answer becomes a 502`(garbage: String) throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                try socket.send(garbage)
            }
            try Node.with(origin: origin, service: Self.once) { node throws in
                let socket = try node.connect()
                #expect(try socket.get("/").status == 502)
                #expect(try socket.get("/").status == 502, "the client's connection goes on")
            }
        }

        @Test func `an upstream that hangs becomes a 504 after read_timeout`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                _ = try socket.some()
            }
            try Node.with(origin: origin, service: ["retries": 0, "read_timeout": 400]) { node throws in
                let start = Moment.now
                let socket = try node.connect()
                #expect(try socket.get("/").status == 504)
                #expect((0.35...2).contains(Moment.now - start))
                #expect(eventually { origin.open == 0 })
            }
        }

        @Test func `an upstream that hangs in mid-answer ends the answer after read_timeout`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                _ = try socket.some()
            }
            try Node.with(origin: origin, service: ["retries": 0, "read_timeout": 400]) { node throws in
                let socket = try node.connect()
                try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(String(decoding: try socket.rest(), as: UTF8.self).hasSuffix("half"))
                #expect(eventually { origin.open == 0 })
            }
        }

        @Test func `an answer that takes longer than read_timeout as a whole is no reason to end it`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
                for _ in 0..<10 {
                    usleep(150_000)
                    try socket.send("x")
                }
            }
            try Node.with(origin: origin, service: ["retries": 0, "read_timeout": 500]) { node throws in
                #expect(try node.get("/").text == "xxxxxxxxxx")
            }
        }

        @Test func `an upstream that refuses becomes a 502`() throws {
            try Node.with { node throws in
                try node.route("/", to: LocalAddress.freePorts(1)[0])
                let socket = try node.connect()
                for method in ["GET", "POST"] {
                    try socket.send("\(method) / HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n")
                    #expect(try socket.answer().status == 502)
                }
            }
        }

        /// Answers the first request of a connection and closes it at the second without an answer: to the gateway
        /// that looks like a kept connection that went stale while the request was on its way.
        private static func forgetful() throws -> Origin {
            try Origin { socket, origin in
                guard let first = try socket.request() else { return }
                origin.note(first)
                try socket.send(Origin.ok())
                if let second = try socket.request() { origin.note(second) }
            }
        }

        @Test(arguments: [5, 0]) func `a GET on a stale connection is repeated unseen`(retries: Int) throws {
            let origin = try Self.forgetful()
            try Node.with(origin: origin, service: ["retries": retries]) { node throws in
                let socket = try node.connect()
                for number in 0..<20 { #expect(try socket.get("/\(number)").status == 200) }
                for number in 0..<20 {
                    #expect((1...2).contains(origin.requests.filter { $0.hasPrefix("GET /\(number) ") }.count))
                }
            }
        }

        @Test func `a POST is never sent twice`() throws {
            let origin = try Self.forgetful()
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                var statuses: [Int] = []
                for number in 0..<20 {
                    try socket.send("POST /\(number) HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nbody")
                    statuses.append(try socket.answer().status)
                }
                for number in 0..<20 {
                    #expect(origin.requests.filter { $0.hasPrefix("POST /\(number) ") }.count == 1)
                }
                #expect(Set(statuses) == [200, 502])
            }
        }

        @Test func `a connection that its upstream closed while idle is not used again`() throws {
            let origin = try Origin { socket, origin in
                guard let request = try socket.request() else { return }
                origin.note(request)
                try socket.send(Origin.ok())
            }
            try Node.with(origin: origin) { node throws in
                let socket = try node.connect()
                for number in 0..<10 {
                    try socket.send("POST /\(number) HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nbody")
                    #expect(try socket.answer().status == 200)
                    usleep(20_000)
                }
                #expect(origin.requests.count == 10)
            }
        }

        @Test func `a request is tried as often as the service says`() throws {
            let origin = try Origin { socket, origin in
                if let request = try socket.request() { origin.note(request) }
            }
            try Node.with(origin: origin, service: ["retries": 3]) { node throws in
                #expect(try node.get("/").status == 502)
                #expect(origin.requests.count == 4)
                #expect(try node.exchange("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx").status == 502)
                #expect(origin.requests.count == 5)
            }
        }

        @Test func `an answer before the end of the request's body reaches the client`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.head()
                try socket.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
                while try !socket.some().isEmpty {}
            }
            try Node.with(origin: origin, ["nginx_proxy_proxy_request_buffering": "off"]) { node throws in
                let socket = try node.connect()
                try socket.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 300000\r\n\r\nbegin")
                let answer = try socket.answer()
                #expect(answer.status == 403)
                #expect(answer.text == "no")
                if !answer.closes {
                    try socket.send([UInt8](repeating: 120, count: 299_995))
                    try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                    #expect(try socket.answer().status == 403)
                }
            }
        }
    }
}
