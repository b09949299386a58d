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

        @Test func `a proxied request on kept connections allocates nothing of its own, counted by prometheus or not`()
            throws
        {
            let folder = NSTemporaryDirectory() + "/kong-allocations-\(getpid())"
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
                try Node.with(origin: origin) { node throws in
                    let socket = try node.connect()
                    try Self.expectFew(node, socket, folder + "/counts", line: 0)
                    try node.admin("POST", "/plugins", ["name": "prometheus"])
                    try Self.expectFew(node, socket, folder + "/counts", line: 2)
                }
            }
        }

        /// Sends many requests once everything is warm, and counts.
        private static func expectFew(_ node: Node, _ socket: Socket, _ file: String, line: Int) throws {
            try ask(socket, times: 200)
            let before = try count(node, file, line: line)
            let start = Moment.now
            try ask(socket, times: requests)
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
