// The access log's lines and their way into the file.

import DataPlane
import Glibc
import NIOCore
import NIOEmbedded
import Testing

@Suite struct AccessLogTests {
    private let directory = TemporaryDirectory()

    /// Writes one line with the given fields and gives it back with its time replaced.
    private func line(
        user: String? = nil, request: String? = "GET / HTTP/1.1", status: Int = 200, referer: String? = nil,
        agent: [UInt8]? = nil
    ) throws -> String {
        let writer = try LogWriter(prefix: directory.path)
        let file = try writer.open("access.log")
        let buffer = LogBuffer(file: file, writer: writer, eventLoop: EmbeddedEventLoop(), clock: LogClock())
        let address = Array("127.0.0.1".utf8)
        let user = user.map { Array($0.utf8) }
        var head: [UInt8] = []
        func part(_ bytes: [UInt8]?) -> Range<Int>? {
            guard let bytes else { return nil }
            head += bytes
            return head.count - bytes.count..<head.count
        }
        let (request, referer) = (part(request.map { Array($0.utf8) }), part(referer.map { Array($0.utf8) }))
        let agent = part(agent)
        buffer.append(
            remoteAddress: address.span, remoteUser: user, head: head.span, request: request, status: status,
            bodyBytesSent: 48, referer: referer, userAgent: agent)
        buffer.flush()
        writer.shutdown()
        return directory.text("access.log").replacing(#/\[[^\]]*\]/#, with: "[T]")
    }

    @Test func `a line has nginx's combined format`() throws {
        let expected = "127.0.0.1 - bob [T] \"GET /a?b=c HTTP/1.1\" 404 48 \"http://ref\" \"agent/1\"\n"
        #expect(
            try line(
                user: "bob", request: "GET /a?b=c HTTP/1.1", status: 404, referer: "http://ref",
                agent: Array("agent/1".utf8)) == expected)
    }

    @Test func `what is missing is a hyphen, what is empty stays empty`() throws {
        let expected = "127.0.0.1 - - [T] \"-\" 009 48 \"\" \"-\"\n"
        #expect(try line(request: nil, status: 9, referer: "") == expected)
    }

    @Test func `quotes, backslashes, control characters and bytes above 126 are escaped`() throws {
        let agent = Array("a\"b\\c".utf8) + [0x00, 0x1F, 0x20, 0x7E, 0x7F, 0x80, 0xFF, 0x0A]
        let expected =
            "127.0.0.1 - - [T] \"GET / HTTP/1.1\" 200 48 \"-\" "
            + "\"a\\x22b\\x5Cc\\x00\\x1F ~\\x7F\\x80\\xFF\\x0A\"\n"
        #expect(try line(agent: agent) == expected)
    }

    @Test func `a line longer than a block is written whole`() throws {
        let agent = [UInt8](repeating: 0xFF, count: 100_000)
        #expect(try line(agent: agent).utf8.count > 400_000)
    }

    @Test func `the time is nginx's time_local`() throws {
        let writer = try LogWriter(prefix: directory.path)
        let buffer = LogBuffer(
            file: try writer.open("t.log"), writer: writer, eventLoop: EmbeddedEventLoop(), clock: LogClock())
        let ip = Array("::1".utf8)
        buffer.append(
            remoteAddress: ip.span, protocolName: "TCP", status: 200, bytesSent: 5, bytesReceived: 6,
            sessionMilliseconds: 1020)
        buffer.flush()
        writer.shutdown()
        let pattern = #/::1 \[\d\d/[A-Z][a-z]{2}/20\d\d:\d\d:\d\d:\d\d [+-]\d{4}\] TCP 200 5 6 1\.020\n/#
        #expect(directory.text("t.log").wholeMatch(of: pattern) != nil)
    }

    @Test func `a line after a pause is handed over at once, those that follow it after 10 ms`() throws {
        let writer = try LogWriter(prefix: directory.path)
        defer { writer.shutdown() }
        let loop = EmbeddedEventLoop()
        let buffer = LogBuffer(file: try writer.open("a.log"), writer: writer, eventLoop: loop, clock: LogClock())
        append(to: buffer)
        writer.flush()
        #expect(directory.lines("a.log").count == 1)
        append(to: buffer)
        loop.advanceTime(by: .milliseconds(9))
        writer.flush()
        #expect(directory.lines("a.log").count == 1)
        loop.advanceTime(by: .milliseconds(1))
        writer.flush()
        #expect(directory.lines("a.log").count == 2)
    }

    @Test func `lines are handed over at 64 KiB`() throws {
        let writer = try LogWriter(prefix: directory.path)
        defer { writer.shutdown() }
        let loop = EmbeddedEventLoop()
        let buffer = LogBuffer(file: try writer.open("a.log"), writer: writer, eventLoop: loop, clock: LogClock())
        for _ in 0..<2000 { append(to: buffer) }
        writer.flush()
        let written = directory.text("a.log")
        #expect(written.utf8.count >= 65_536)
        #expect(written.hasSuffix("\n"))
        loop.advanceTime(by: .milliseconds(100))
        writer.flush()
        #expect(directory.lines("a.log").count == 2000)
        #expect(writer.counters == LogCounters(written: 2000, dropped: 0, failed: 0))
    }

    @Test func `off takes nothing`() throws {
        let writer = try LogWriter(prefix: directory.path)
        defer { writer.shutdown() }
        let buffer = LogBuffer(
            file: try writer.open("off"), writer: writer, eventLoop: EmbeddedEventLoop(), clock: LogClock())
        append(to: buffer)
        buffer.flush()
        writer.flush()
        #expect(buffer.isOff)
        #expect(writer.counters == LogCounters())
    }

    private func append(to buffer: LogBuffer) {
        let bytes = Array("127.0.0.1".utf8)
        buffer.append(
            remoteAddress: bytes.span, remoteUser: nil, head: bytes.span, request: bytes.indices, status: 200,
            bodyBytesSent: 0, referer: nil, userAgent: nil)
    }
}
