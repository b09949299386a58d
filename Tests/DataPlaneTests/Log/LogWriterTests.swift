// The writer: rotation, limits and disks that are full.

import DataPlane
import Glibc
import NIOCore
import NIOEmbedded
import Testing

@Suite struct LogWriterTests {
    private let directory = TemporaryDirectory()

    private func append(_ text: String, to buffer: LogBuffer) {
        let bytes = Array(text.utf8)
        buffer.append(
            remoteAddress: bytes.span, remoteUser: nil, head: bytes.span, request: nil, status: 200, bodyBytesSent: 0,
            referer: nil, userAgent: nil)
    }

    private func buffer(_ file: LogFile, _ writer: LogWriter) -> LogBuffer {
        LogBuffer(file: file, writer: writer, eventLoop: EmbeddedEventLoop(), clock: LogClock())
    }

    @Test func `a new log has mode 0644 whatever the umask, and an old one keeps its own`() throws {
        let old = open(directory.path + "/old.log", O_CREAT | O_WRONLY, 0o600)
        write(old, "before\n", 7)
        close(old)
        let writer = try LogWriter(prefix: directory.path + "/")
        let mask = umask(0o077)
        defer { umask(mask) }
        _ = try writer.open("new.log")
        let lines = buffer(try writer.open("old.log"), writer)
        append("after", to: lines)
        lines.flush()
        writer.shutdown()
        #expect(directory.mode("new.log") == 0o644)
        #expect(directory.mode("old.log") == 0o600)
        #expect(directory.lines("old.log").map { $0.prefix(6) } == ["before", "after "])
    }

    @Test func `the same path is the same log`() throws {
        let writer = try LogWriter(prefix: directory.path)
        defer { writer.shutdown() }
        #expect(try writer.open("a.log") == writer.open(directory.path + "/a.log"))
        #expect(try writer.open("a.log") != writer.open("b.log"))
    }

    @Test func `a log that cannot be opened is reported`() throws {
        let writer = try LogWriter(prefix: directory.path)
        defer { writer.shutdown() }
        let failure = #expect(throws: LogFailure.self) { try writer.open("none/a.log") }
        #expect(failure?.code == ENOENT)
        #expect(failure?.path == directory.path + "/none/a.log")
    }

    @Test func `after a rotation lines go to the new file, and none is lost or doubled`() throws {
        let writer = try LogWriter(prefix: directory.path)
        let lines = buffer(try writer.open("a.log"), writer)
        for round in 0..<20 {
            for line in 0..<50 { append("line-\(round * 50 + line)", to: lines) }
            lines.flush()
            rename(directory.path + "/a.log", directory.path + "/a.log.\(round)")
            writer.reopen()
            if round % 5 == 0 { writer.flush() }
        }
        append("last", to: lines)
        lines.flush()
        writer.shutdown()
        let all = (0..<20).flatMap { directory.lines("a.log.\($0)") } + directory.lines("a.log")
        let names = all.compactMap { $0.split(separator: " ").first }.map(String.init)
        #expect(names.count == 1001)
        #expect(Set(names).count == 1001)
        #expect(directory.lines("a.log").last?.hasPrefix("last ") == true)
    }

    @Test func `a log that cannot be reopened goes on in its old file until it can`() throws {
        let inner = directory.path + "/inner"
        mkdir(inner, 0o755)
        let writer = try LogWriter(prefix: inner)
        let lines = buffer(try writer.open("a.log"), writer)
        rename(inner, directory.path + "/moved")
        writer.reopen()
        append("kept", to: lines)
        lines.flush()
        usleep(100_000)
        mkdir(inner, 0o755)
        writer.flush()
        append("new", to: lines)
        lines.flush()
        writer.shutdown()
        #expect(directory.lines("moved/a.log").map { $0.prefix(4) } == ["kept"])
        #expect(directory.lines("inner/a.log").map { $0.prefix(4) } == ["new "])
        for name in ["moved", "inner"] {
            unlink(directory.path + "/\(name)/a.log")
            rmdir(directory.path + "/\(name)")
        }
    }

    @Test func `a full disk costs lines and nothing else`() throws {
        let writer = try LogWriter(prefix: directory.path)
        let full = buffer(try writer.open("/dev/full"), writer)
        let good = buffer(try writer.open("good.log"), writer)
        for _ in 0..<3 {
            append("x", to: full)
            append("y", to: good)
        }
        full.flush()
        good.flush()
        writer.shutdown()
        #expect(directory.lines("good.log").count == 3)
        #expect(writer.counters == LogCounters(written: 3, dropped: 0, failed: 3))
    }

    @Test func `beyond the backlog's limit lines are dropped and counted`() throws {
        let pipe = directory.path + "/pipe"
        mkfifo(pipe, 0o600)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let writer = try LogWriter(prefix: directory.path, backlogLimitBytes: 200_000)
        let lines = buffer(try writer.open("pipe"), writer)
        let text = String(repeating: "x", count: 1000)
        for _ in 0..<1000 { append(text, to: lines) }
        lines.flush()
        #expect(writer.counters.dropped > 500)
        // The reader comes back: what was kept arrives.
        var bytes = [UInt8](repeating: 0, count: 65_536)
        for _ in 0..<5000 where writer.counters.written + writer.counters.dropped < 1000 {
            if read(reader, &bytes, bytes.count) <= 0 { usleep(1000) }
        }
        #expect(writer.counters.written + writer.counters.dropped == 1000)
        #expect(writer.counters.failed == 0)
        writer.shutdown()
    }

    @Test func `the master prepares logs and leaves devices and off alone`() throws {
        try LogWriter.prepare("p.log", prefix: directory.path, owner: getuid())
        try LogWriter.prepare("off", prefix: directory.path, owner: nil)
        try LogWriter.prepare("/dev/stdout", prefix: directory.path, owner: nil)
        #expect(directory.mode("p.log") == 0o644)
        #expect(directory.text("off") == "")
    }
}
