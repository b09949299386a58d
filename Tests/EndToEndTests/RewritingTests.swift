// Bodies of answers that response-transformer changes, on their way from a real upstream to a real client.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Rewriting")
    struct Rewriting {
        private static let type = "Content-Type: application/json\r\n"
        private static let long = String(repeating: "x", count: 600_000)

        private static func origin() throws -> Origin {
            try Origin(answering: { request in
                let body = request.method == "HEAD" ? "" : #"{"secret":1,"kept":"a"}"#
                switch request.target {
                case "/chunked":
                    return "HTTP/1.1 200 OK\r\n\(type)Transfer-Encoding: chunked\r\n\r\n"
                        + "5\r\n{\"sec\r\n12\r\nret\":1,\"kept\":\"a\"}\r\n0\r\n\r\n"
                case "/text": return Origin.ok(#"{"secret":1}"#, "Content-Type: text/plain\r\n")
                case "/broken": return Origin.ok(#"{"secret""#, type)
                case "/long": return Origin.ok(#"{"secret":1,"kept":"\#(long)"}"#, type)
                case "/none": return "HTTP/1.1 204 No Content\r\n\(type)\r\n"
                case "/empty": return Origin.ok("", type)
                case "/head": return "HTTP/1.1 200 OK\r\n\(type)Content-Length: 23\r\n\r\n\(body)"
                default: return Origin.ok(body, type)
                }
            })
        }

        private static func with(_ settings: [String: String] = [:], _ body: (Node) throws -> Void) throws {
            try Node.with(origin: origin(), settings) { node in
                let config = ["remove": ["json": ["secret", "message"]], "add": ["json": ["new:1"]]]
                try node.admin("POST", "/plugins", ["name": "response-transformer", "config": config])
                try body(node)
            }
        }

        private static let changed = #"{"kept":"a","new":"1"}"#

        @Test func `a body is changed however it comes, and its length is not told`() throws {
            try Self.with { node in
                let socket = try node.connect()
                defer { socket.close() }
                // On one connection: each answer ends where it says.
                for path in ["/", "/chunked", "/", "/empty", "/broken", "/"] {
                    let answer = try socket.get(path)
                    #expect(answer.fields["transfer-encoding"] == "chunked")
                    #expect(answer.fields["content-length"] == nil)
                    let expected = ["/empty": "", "/broken": #"{"secret""#][path] ?? Self.changed
                    #expect(answer.text == expected)
                }
                #expect(try socket.get("/text").fields["content-length"] == "12")
                let long = try socket.get("/long")
                #expect(long.text == #"{"kept":"\#(Self.long)","new":"1"}"#)
            }
        }

        @Test func `answers without a body stay without one`() throws {
            try Self.with { node in
                let socket = try node.connect()
                defer { socket.close() }
                try socket.send("HEAD /head HTTP/1.1\r\nHost: t\r\n\r\n")
                let head = try socket.answer(to: "HEAD")
                #expect(head.fields["content-length"] == nil)
                #expect(head.fields["transfer-encoding"] == nil)
                #expect(try socket.get("/none").status == 204)
                #expect(try socket.get("/").text == Self.changed)
            }
        }

        @Test func `a client of HTTP 1.0 gets the body up to the connection's end`() throws {
            try Self.with { node in
                let answer = try node.exchange("GET / HTTP/1.0\r\nHost: t\r\nConnection: keep-alive\r\n\r\n")
                #expect(answer.fields["connection"] == "close")
                #expect(answer.text == Self.changed)
            }
        }

        @Test func `the gateway's own answers are changed as well`() throws {
            try Self.with { node in
                try node.admin("POST", "/plugins", ["name": "key-auth"])
                let socket = try node.connect()
                defer { socket.close() }
                for _ in 0..<2 {
                    let answer = try socket.get("/")
                    #expect(answer.status == 401)
                    #expect(answer.text == #"{"new":"1"}"#)
                }
            }
        }

        @Test func `what is changed is compressed after that`() throws {
            try Self.with(["nginx_proxy_gzip": "on", "nginx_proxy_gzip_types": "application/json"]) { node in
                let answer = try node.exchange(
                    "GET /long HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
                #expect(answer.fields["content-encoding"] == "gzip")
                #expect(try Gzip.unzip(answer.body) == #"{"kept":"\#(Self.long)","new":"1"}"#)
            }
        }

        @Test func `an answer that breaks off is an error, and nothing of it was sent`() throws {
            let origin = try Origin { socket, _ in
                guard try socket.request() != nil else { return }
                try socket.send("HTTP/1.1 200 OK\r\n\(Self.type)Content-Length: 50\r\n\r\n{\"secret\":1")
            }
            try Node.with(origin: origin, service: ["retries": 0]) { node in
                let config = ["remove": ["json": ["secret"]]]
                try node.admin("POST", "/plugins", ["name": "response-transformer", "config": config])
                let answer = try node.get("/")
                #expect(answer.status == 502)
                #expect(!answer.text.contains("secret"))
            }
        }

        @Test func `an answer that is too large to be kept back is an error`() throws {
            let origin = try Origin { socket, _ in
                guard try socket.request() != nil else { return }
                try socket.send("HTTP/1.1 200 OK\r\n\(Self.type)Content-Length: 40000000\r\n\r\n[")
                let part = String(repeating: "1,", count: 500_000)
                for _ in 0..<39 { try socket.send(part) }
            }
            try Node.with(origin: origin, service: ["retries": 0]) { node in
                let config = ["remove": ["json": ["secret"]]]
                try node.admin("POST", "/plugins", ["name": "response-transformer", "config": config])
                #expect(try node.get("/").status == 502)
            }
        }
    }
}
