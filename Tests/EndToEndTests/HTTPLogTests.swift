// http-log with a real receiver: one that is fast, in batches, slow, down for a while, and over a reload of the node.

import Foundation
import Glibc
import Synchronization
import Testing

extension EndToEnd {
    @Suite("http-log")
    struct HTTPLog {
        /// Takes entries and remembers the paths of their requests.
        private final class Receiver: Sendable {
            private struct State {
                var bodies: [String] = []
                var uris: [String] = []
                var status = 200
                var delayMilliseconds: UInt32 = 0
            }

            private final class Kept: Sendable {
                let state = Mutex(State())
            }

            let origin: Origin
            private let kept: Kept

            init() throws {
                let kept = Kept()
                self.kept = kept
                origin = try Origin(answering: { request in
                    let (status, delay) = kept.state.withLock { ($0.status, $0.delayMilliseconds) }
                    if delay > 0 { usleep(delay * 1000) }
                    if status < 400 { Self.note(request, kept) }
                    return "HTTP/1.1 \(status) x\r\nContent-Length: 0\r\n\r\n"
                })
            }

            private static func note(_ request: Message, _ kept: Kept) {
                let json = try? JSONSerialization.jsonObject(with: Data(request.body))
                let entries = json as? [[String: Any]] ?? [json as? [String: Any] ?? [:]]
                let uris = entries.map { ($0["request"] as? [String: Any])?["uri"] as? String ?? "?" }
                kept.state.withLock {
                    $0.bodies.append(request.text)
                    $0.uris += uris
                }
            }

            var endpoint: String { "http://127.0.0.1:\(origin.port)/in" }
            var bodies: [String] { kept.state.withLock { $0.bodies } }
            var uris: [String] { kept.state.withLock { $0.uris } }

            func answer(_ status: Int, afterMilliseconds delay: UInt32 = 0) {
                kept.state.withLock { ($0.status, $0.delayMilliseconds) = (status, delay) }
            }
        }

        private static func with(
            _ receiver: Receiver, _ config: [String: Any] = [:], _ settings: [String: String] = [:],
            _ body: (Node) throws -> Void
        ) throws {
            defer { receiver.origin.stop() }
            try Node.with(origin: Origin(answering: { _ in Origin.ok() }), settings) { node throws in
                let all: [String: Any] = ["http_endpoint": receiver.endpoint].merging(config) { $1 }
                let made = try node.admin("POST", "/plugins", ["name": "http-log", "config": all])
                #expect(made.status == 201, "\(made.json)")
                try body(node)
            }
        }

        private static func ask(_ node: Node, _ paths: [String]) throws {
            let socket = try node.connect()
            defer { socket.close() }
            for path in paths { #expect(try socket.get(path).status == 200) }
        }

        @Test func `every request is one call, over kept connections`() throws {
            let receiver = try Receiver()
            try Self.with(receiver) { node throws in
                let paths = (0..<100).map { "/\($0)" }
                try Self.ask(node, paths)
                #expect(eventually(within: 20) { receiver.uris.count == 100 }, "\(receiver.uris.count)")
                #expect(receiver.uris.sorted() == paths.sorted())
                #expect(receiver.bodies.allSatisfy { $0.hasPrefix("{") })
                #expect(receiver.origin.accepted <= 8)
            }
        }

        @Test func `batches fill up over all event loops`() throws {
            let receiver = try Receiver()
            let config: [String: Any] = ["queue_size": 10, "flush_timeout": 60]
            try Self.with(receiver, config, ["nginx_worker_processes": "3"]) { node throws in
                for round in 0..<10 { try Self.ask(node, (0..<10).map { "/\(round)/\($0)" }) }
                #expect(eventually(within: 20) { receiver.uris.count == 100 }, "\(receiver.uris.count)")
                #expect(receiver.bodies.count == 10)
                #expect(receiver.bodies.allSatisfy { $0.hasPrefix("[{") })
            }
        }

        @Test func `a reload and a quit lose no entry`() throws {
            let receiver = try Receiver()
            let config: [String: Any] = ["queue_size": 7, "flush_timeout": 60]
            try Self.with(receiver, config, ["nginx_worker_processes": "2"]) { node throws in
                receiver.answer(200, afterMilliseconds: 50)
                for round in 0..<5 { try Self.ask(node, (0..<10).map { "/\(round)/\($0)" }) }
                let old = try node.worker
                #expect(try node.kong("reload").status == 0)
                #expect(eventually(within: 30) { !old.isAlive })
                #expect(receiver.uris.count == 50)
                try Self.ask(node, ["/last"])
                #expect(try node.kong("quit").status == 0)
                #expect(eventually(within: 10) { receiver.uris.count == 51 }, "\(receiver.uris.count)")
                #expect(Set(receiver.uris).count == 51)
            }
        }

        @Test func `a receiver that hangs holds no worker up for longer than it may take to end`() throws {
            let receiver = try Receiver()
            receiver.answer(200, afterMilliseconds: 20_000)
            try Self.with(receiver, [:], ["nginx_http_worker_shutdown_timeout": "1s"]) { node throws in
                try Self.ask(node, ["/a", "/b"])
                let old = try node.worker
                #expect(try node.kong("reload").status == 0)
                #expect(eventually(within: 10) { !old.isAlive })
                let told = "[http-log] 2 entries could not be sent to 127.0.0.1:\(receiver.origin.port) in time"
                #expect(eventually { node.log("error.log").contains(told) })
            }
        }

        @Test func `a receiver that fails gets the entries later`() throws {
            let receiver = try Receiver()
            receiver.answer(503)
            try Self.with(receiver) { node throws in
                try Self.ask(node, ["/a", "/b", "/c"])
                let text = "returned status code 503 and body"
                #expect(eventually(within: 10) { node.log("error.log").contains(text) })
                #expect(node.log("error.log").contains("[warn]"))
                #expect(receiver.uris == [])
                receiver.answer(200)
                #expect(eventually(within: 20) { receiver.uris.count == 3 })
                #expect(receiver.uris.sorted() == ["/a", "/b", "/c"])
            }
        }

        @Test func `a receiver that is down or hangs costs entries and no request`() throws {
            let receiver = try Receiver()
            let dead = try LocalAddress.freePorts(1)[0]
            let config: [String: Any] = [
                "http_endpoint": "http://127.0.0.1:\(dead)/", "retry_count": 1, "timeout": 300,
            ]
            try Self.with(receiver, config) { node throws in
                let silent: [String: Any] = ["http_endpoint": receiver.endpoint, "retry_count": 1, "timeout": 300]
                let id = try node.route("/silent", to: receiver.origin.port)
                receiver.answer(200, afterMilliseconds: 1500)
                let made = try node.admin(
                    "POST", "/plugins", ["name": "http-log", "route": ["id": id], "config": silent])
                #expect(made.status == 201)
                try Self.ask(node, ["/a"])
                let refused = "failed to connect to 127.0.0.1:\(dead): connection refused"
                #expect(eventually(within: 10) { node.log("error.log").contains(refused) })
                let dropped = "entry batch was already tried 1 times, dropping it"
                #expect(eventually { node.log("error.log").contains(dropped) })
                let start = Moment.now
                try Self.ask(node, ["/silent"])
                #expect(Moment.now - start < 10)
                let timeout = "failed request to 127.0.0.1:\(receiver.origin.port): timeout"
                #expect(eventually(within: 10) { node.log("error.log").contains(timeout) })
            }
        }
    }
}
