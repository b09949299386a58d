// Long answers of the gateway's own are sent in pieces: they come whole, one after the other, also to clients that read
// slowly, and those that leave take nothing with them.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Long answers")
    struct LongAnswers {
        private static let text = String((0..<200_000).map { "\($0)," }.joined().prefix(1_000_000))
        /// More than the system takes from a process while the peer reads nothing.
        private static let longerText = String(repeating: text, count: 6)

        /// A node with `/` to an upstream and `/long` to a plugin that answers with that text.
        private static func withNode(_ text: String = text, _ body: (Node) throws -> Void) throws {
            try Node.with(origin: try Origin(answering: { _ in Origin.ok() })) { node throws in
                let route = try node.route("/long", to: 9)
                let config: [String: Any] = ["status_code": 200, "body": text]
                let plugin: [String: Any] = ["name": "request-termination", "config": config]
                #expect(try node.admin("POST", "/routes/\(route)/plugins", plugin).status == 201)
                try body(node)
            }
        }

        @Test func `they come whole and in the order of the requests`() throws {
            try Self.withNode { node throws in
                let socket = try node.connect()
                defer { socket.close() }
                let (long, short) = ("GET /long HTTP/1.1\r\nHost: t\r\n\r\n", "GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                try socket.send(long + short + long + "HEAD" + long.dropFirst(3) + short)
                let methods = ["GET", "GET", "GET", "HEAD", "GET"]
                let answers = try methods.map { try socket.answer(to: $0) }
                #expect(answers.map(\.status) == [200, 200, 200, 200, 200])
                #expect(answers.map(\.text) == [Self.text, "ok", Self.text, "", "ok"])
                #expect(answers[3].fields["content-length"] == "1000000")
            }
        }

        @Test func `a slow reader keeps nobody waiting and gets all`() throws {
            try Self.withNode { node throws in
                let slow = try node.connect(receiveBufferBytes: 4096)
                defer { slow.close() }
                try slow.send("GET /long HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try slow.head()?.status == 200)
                for _ in 0..<3 { #expect(try node.get("/long").text == Self.text) }
                #expect(try node.get("/").text == "ok")
                var bytes: [UInt8] = []
                while bytes.count < 1_000_000 { bytes += try slow.some() }
                #expect(String(decoding: bytes, as: UTF8.self) == Self.text)
                #expect(try slow.get("/").text == "ok")
            }
        }

        @Test func `what a client that leaves did not take is not counted as sent`() throws {
            try Self.withNode(Self.longerText) { node throws in
                let leaving = try node.connect(receiveBufferBytes: 4096)
                try leaving.send("GET /long?leaving HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try leaving.head()?.status == 200)
                leaving.reset()
                #expect(eventually(within: 10) { node.log("access.log").contains("/long?leaving") })
                #expect(!node.log("access.log").contains("/long?leaving HTTP/1.1\" 200 6000000"))
                #expect(try node.get("/").text == "ok")
            }
        }
    }
}
