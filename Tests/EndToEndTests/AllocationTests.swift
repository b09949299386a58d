// What a request costs in memory: a preloaded library (Benchmarks/Allocations) counts every allocation of the worker.
// The bound is a ratchet; docs/performance.md states the figure.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Allocations")
    struct AllocationTests {
        private static let requests = 2000
        private static let mostPerRequest = 0.5
        /// Timers and the log writer allocate by time, so a slow machine counts more for each request.
        private static let mostPerSecond = 2000.0

        @Test func `a proxied request on kept connections allocates nothing of its own, counted and balanced or not`()
            throws
        {
            try Self.counting(service: ["name": "origin"]) { node, origin, counts throws in
                let socket = try node.connect()
                func expectFew(line: Int) throws {
                    try Self.expectFew(node, counts, line: line) { try Self.ask(socket, times: $0) }
                }
                try expectFew(line: 0)
                try node.admin("POST", "/plugins", ["name": "prometheus"])
                try expectFew(line: 2)
                try node.admin("POST", "/upstreams", ["name": "pool"])
                for address in ["127.0.0.1", "127.0.0.2"] {
                    try node.admin("POST", "/upstreams/pool/targets", ["target": "\(address):\(origin.port)"])
                }
                try node.admin("POST", "/upstreams/pool/targets/127.0.0.2:\(origin.port)/unhealthy")
                try node.admin("PATCH", "/services/origin", ["host": "pool"])
                for (line, algorithm) in [(4, "least-connections"), (6, "latency")] {
                    try node.admin("PATCH", "/upstreams/pool", ["tags": ["gibbon.algorithm.\(algorithm)"]])
                    try expectFew(line: line)
                }
            }
        }

        @Test func `a proxied request over HTTP 2 allocates nothing of its own, alone or among others`() throws {
            let listen = ["proxy_listen": "127.0.0.1:{proxy} http2, 127.0.0.1:{tls} ssl"]
            try Self.counting(listen) { node, _, counts throws in
                for (line, streams) in [(0, 1), (2, 16)] {
                    try Self.expectFew(node, counts, line: line) { times throws in
                        // The client is not to be counted, and does not live with the library.
                        let load = ["-u", "LD_PRELOAD", "h2load", "-n", "\(times)", "-c", "1", "-m", "\(streams)"]
                        let run = try Command.run("env", load + ["http://127.0.0.1:\(node.proxyPort)/"])
                        #expect(run.output.contains("\(times) succeeded, 0 failed"), "\(run.output)")
                    }
                }
            }
        }

        /// A node whose allocations are counted, and the file that tells them.
        private static func counting(
            _ settings: [String: String] = [:], service: [String: Any] = [:],
            _ body: (Node, Origin, String) throws -> Void
        ) throws {
            let folder = NSTemporaryDirectory() + "/kong-allocations-\(getpid())-\(settings.count)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let library = folder + "/malloc-count.so"
            #expect(try Command.run("clang", ["-shared", "-fPIC", "-O2", "-o", library, Self.source]).status == 0)
            // The worker runs as another user and writes its counts here.
            chmod(folder, 0o777)
            try Self.preloading(library, reportingTo: folder + "/counts") {
                let origin = try Origin { socket, _ in
                    while (try? socket.request()) != nil {
                        try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    }
                }
                try Node.with(origin: origin, settings, service: service) { node throws in
                    try body(node, origin, folder + "/counts")
                }
            }
        }

        /// Sends many requests once everything is warm, and counts.
        private static func expectFew(_ node: Node, _ file: String, line: Int, _ ask: (Int) throws -> Void) throws {
            try ask(200)
            let before = try count(node, file, line: line)
            let start = Moment.now
            try ask(requests)
            let after = try count(node, file, line: line + 1)
            let most = mostPerRequest * Double(requests) + mostPerSecond * (Moment.now - start)
            #expect(after > 0)
            #expect(Double(after - before) < most, "allocations for \(requests) requests")
            Measured.note("allocations for each request: \(Double(after - before) / Double(requests))")
        }

        private static var source: String {
            let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            return tests.deletingLastPathComponent().appendingPathComponent("Benchmarks/Allocations/malloc-count.c")
                .path
        }

        private static func ask(_ socket: Socket, times: Int) throws {
            for _ in 0..<times {
                try socket.send("GET / HTTP/1.1\r\nHost: t\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n")
                #expect(try socket.answer().status == 200)
            }
        }

        /// The worker's allocations so far.
        private static func count(_ node: Node, _ file: String, line: Int) throws -> Int {
            kill(try node.worker.pid, SIGUSR2)
            var lines: [Substring] = []
            let isThere = eventually {
                lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
                return lines.count > line
            }
            #expect(isThere)
            return try #require(lines.last?.split(separator: " ").last.flatMap { Int($0) })
        }

        private static func preloading(
            _ library: String, reportingTo file: String, _ body: () throws -> Void
        ) throws {
            setenv("LD_PRELOAD", library, 1)
            setenv("MALLOC_COUNT_FILE", file, 1)
            defer {
                unsetenv("LD_PRELOAD")
                unsetenv("MALLOC_COUNT_FILE")
            }
            try body()
        }
    }
}
