// The error log: format, levels, sampling.

import DataPlane
import Glibc
import Synchronization
import Testing

@Suite struct ErrorLogTests {
    private let directory = TemporaryDirectory()

    private func lines(
        level: LogLevel = .notice, linesPerSecond: Int = 1_000_000, _ body: (ErrorLog) -> Void
    ) throws -> [String] {
        let writer = try LogWriter(prefix: directory.path)
        let log = ErrorLog(
            writer: writer, file: try writer.open("error.log"), level: level, linesPerSecond: linesPerSecond)
        body(log)
        writer.shutdown()
        return directory.lines("error.log")
    }

    @Test func `a line has nginx's format`() throws {
        let context = ErrorContext(
            connection: 5, client: "1.2.3.4", server: "kong", request: "GET / HTTP/1.1", host: "x")
        let lines = try lines { $0.log(.error, "it broke", context: context) }
        let expected =
            "[error] \(getpid())#0: *5 it broke, client: 1.2.3.4, server: kong, "
            + "request: \"GET / HTTP/1.1\", host: \"x\""
        #expect(lines.map { $0.dropFirst(20) } == [expected[...]])
        #expect(lines.first?.prefixMatch(of: #/\d{4}/\d\d/\d\d \d\d:\d\d:\d\d /#) != nil)
    }

    @Test func `a message below the level is not even built`() throws {
        var built = 0
        func message(_ text: String) -> String {
            built += 1
            return text
        }
        let lines = try lines(level: .warn) { log in
            for level in LogLevel.allCases { log.log(level, message("\(level)")) }
        }
        #expect(lines.compactMap { $0.split(separator: " ").last } == ["warn", "error", "crit", "alert", "emerg"])
        #expect(built == 5)
    }

    @Test func `a message cannot forge a line`() throws {
        #expect(try lines { $0.log(.error, "a\nb\u{7}\tc") }.first?.hasSuffix(": a\\x0Ab\\x07\tc") == true)
    }

    @Test func `a long line is cut`() throws {
        let lines = try lines { $0.log(.error, String(repeating: "\n", count: 10_000)) }
        #expect((4096...4100).contains(lines.first?.utf8.count ?? 0))
    }

    @Test func `one place writes so many lines a second and the rest is counted`() throws {
        var suppressed = 0
        let lines = try lines(linesPerSecond: 3) { log in
            for number in 0..<1000 { log.log(.error, "one \(number)") }
            log.log(.error, "another")
            suppressed = log.suppressed
        }
        // The second may end once on the way.
        #expect((3...7).contains(lines.count { $0.contains(": one ") }))
        #expect(suppressed >= 990)
        #expect(lines.contains { $0.hasSuffix("another") })
    }

    @Test func `the first line of the next second says how many are missing`() {
        let sampler = LogSampler(linesPerSecond: 2)
        let verdicts = [10, 10, 10, 10, 11, 11, 12].map { sampler.admit(site: 7, second: $0) }
        let write = LogSampler.Verdict.write(suppressedBefore: 0)
        #expect(
            verdicts == [write, write, .suppress, .suppress, .write(suppressedBefore: 2), write, write])
    }

    @Test func `threads do not mix their lines`() throws {
        let writer = try LogWriter(prefix: directory.path)
        let log = ErrorLog(
            writer: writer, file: try writer.open("error.log"), level: .notice, linesPerSecond: 1_000_000)
        let threads = (0..<4).compactMap { number in
            NamedThread.start("test") {
                for _ in 0..<500 { log.log(.error, "from \(number)") }
            }
        }
        for thread in threads { thread.join() }
        writer.shutdown()
        let lines = directory.lines("error.log")
        #expect(lines.count == 2000)
        #expect(lines.allSatisfy { $0.contains(": from ") })
    }
}
