// The error log in nginx's format. Any thread may write to it; the message is not even built when its level is below
// `log_level` or its place in the code has had its share of this second.

import Glibc
import Synchronization

/// `2026/11/24 10:00:00 [error] 34#0: *5 message, client: 1.2.3.4, server: kong, request: "GET / HTTP/1.1"`.
package final class ErrorLog: Sendable {
    package let level: LogLevel

    /// Longer lines are cut, as nginx does (2048 there; twice that keeps a stack trace together).
    private static let maximumLineBytes = 4096

    private let writer: LogWriter
    private let file: LogFile
    private let sampler: LogSampler
    private let suppressedTotal = Atomic<Int>(0)

    /// - Parameter linesPerSecond: how many lines one place in the code may write in a second.
    package init(writer: LogWriter, file: LogFile, level: LogLevel, linesPerSecond: Int = 100) {
        self.writer = writer
        self.file = file
        self.level = level
        sampler = LogSampler(linesPerSecond: linesPerSecond)
        tzset()
    }

    /// Lines suppressed by sampling since the start.
    package var suppressed: Int { suppressedTotal.load(ordering: .relaxed) }

    /// Writes a line, unless the level or the sampling forbids it; neither argument is evaluated then.
    package func log(
        _ level: LogLevel, _ message: @autoclosure () -> String, context: @autoclosure () -> ErrorContext? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        if level < self.level { return }
        let second = time(nil)
        let site = Int(bitPattern: fileID.utf8Start) &* 65_537 &+ Int(line)
        switch sampler.admit(site: site, second: second) {
        case .suppress:
            suppressedTotal.add(1, ordering: .relaxed)
        case .write(let before):
            if before > 0 {
                write(level, "\(before) more lines like the next were suppressed (\(fileID):\(line))", nil, second)
            }
            write(level, message(), context(), second)
        }
    }

    private func write(_ level: LogLevel, _ message: String, _ context: ErrorContext?, _ second: time_t) {
        var out = LogChunk(file: file, blockBytes: 4 * ErrorLog.maximumLineBytes)
        LogClock.appendErrorTime(at: second, to: &out)
        // nginx writes the thread id after `#`, which is 0 in builds without thread pools, as Kong's is.
        out.append(text: " [\(level.rawValue)] \(getpid())#0: ", upTo: ErrorLog.maximumLineBytes)
        if let connection = context?.connection {
            out.append(text: "*\(connection) ", upTo: ErrorLog.maximumLineBytes)
        }
        out.append(text: message, upTo: ErrorLog.maximumLineBytes)
        if let context { out.append(text: context.suffix, upTo: ErrorLog.maximumLineBytes) }
        out.endLine()
        writer.append(out)
    }
}

extension LogChunk {
    /// Appends text with control characters as `\xXX`, so that a message cannot forge a line of its own.
    fileprivate mutating func append(text: String, upTo limit: Int) {
        for byte in text.utf8 where used < limit {
            if byte < 0x20 && byte != 0x09 || byte == 0x7F {
                appendEscaped([byte].span)
            } else {
                append(byte)
            }
        }
    }
}
