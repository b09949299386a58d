// Files that are opened when something is written to them, as plugins name them.

import DataPlane
import Glibc
import Synchronization
import Testing

struct NamedFileTests {
    private final class Complaints: Sendable {
        private let list = Mutex<[LogFailure]>([])

        var all: [LogFailure] { list.withLock { $0 } }

        func add(_ failure: LogFailure) {
            list.withLock { $0.append(failure) }
        }
    }

    private let directory = TemporaryDirectory()
    private let complaints = Complaints()

    private func append(_ text: String, to path: String, _ writer: LogWriter, reopens: Bool = false) {
        writer.append(Array(text.utf8), toFile: path, reopens: reopens) { [complaints] in complaints.add($0) }
    }

    @Test func `lines are appended, and a new file has mode 0644`() throws {
        let writer = try LogWriter(prefix: directory.path)
        append("one\n", to: "a.log", writer)
        append("two\n", to: directory.path + "/a.log", writer)
        writer.shutdown()
        #expect(directory.text("a.log") == "one\ntwo\n")
        #expect(directory.mode("a.log") == 0o644)
        #expect(writer.counters == LogCounters(written: 2))
    }

    @Test func `a file that was moved is written to until it is reopened`() throws {
        let writer = try LogWriter(prefix: directory.path)
        append("one\n", to: "a.log", writer)
        writer.flush()
        rename(directory.path + "/a.log", directory.path + "/a.old")
        append("two\n", to: "a.log", writer)
        writer.flush()
        #expect(directory.lines("a.old") == ["one", "two"])
        writer.reopen()
        append("three\n", to: "a.log", writer)
        writer.shutdown()
        #expect(directory.lines("a.log") == ["three"])
    }

    @Test func `a file that is to be reopened for each line is found by its name`() throws {
        let writer = try LogWriter(prefix: directory.path)
        append("one\n", to: "a.log", writer, reopens: true)
        writer.flush()
        rename(directory.path + "/a.log", directory.path + "/a.old")
        append("two\n", to: "a.log", writer, reopens: true)
        writer.shutdown()
        #expect(directory.lines("a.old") == ["one"])
        #expect(directory.lines("a.log") == ["two"])
    }

    @Test func `a file that cannot be opened is told, tried again, and holds nobody up`() throws {
        let writer = try LogWriter(prefix: directory.path)
        append("one\n", to: "none/a.log", writer)
        append("two\n", to: "b.log", writer)
        writer.flush()
        #expect(directory.lines("b.log") == ["two"])
        #expect(complaints.all.map(\.path) == [directory.path + "/none/a.log"])
        #expect(complaints.all.map(\.code) == [ENOENT])
        #expect(writer.counters.failed == 1)
        mkdir(directory.path + "/none", 0o700)
        append("three\n", to: "none/a.log", writer)
        writer.shutdown()
        #expect(directory.lines("none/a.log") == ["three"])
        unlink(directory.path + "/none/a.log")
        rmdir(directory.path + "/none")
    }

    @Test func `a full disk is told with the path`() throws {
        let writer = try LogWriter(prefix: directory.path)
        append("one\n", to: "/dev/full", writer)
        writer.shutdown()
        #expect(complaints.all.map(\.code) == [ENOSPC])
        #expect(complaints.all.map(\.path) == ["/dev/full"])
    }
}
