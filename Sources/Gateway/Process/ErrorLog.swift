// The master's part of the error log, in nginx's format.

import Glibc

/// Appends lines to a log file. Losing a line is better than stopping a node, so faults are ignored.
struct ErrorLog {
    private var descriptor: Int32 = -1
    private var path: String?
    private var level = LogLevel.notice

    /// Opens the log that the settings name. Also serves to reopen it after it was moved away.
    mutating func open(_ settings: Settings) {
        path = settings.proxyErrorLog
        level = settings.logLevel
        reopen()
    }

    mutating func reopen() {
        guard let path else { return }
        let opened = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else { return }
        if descriptor >= 0 { close(descriptor) }
        descriptor = opened
    }

    /// Puts the log in place of the standard error, so that the last words of a crash are kept.
    func takeStandardError() {
        if descriptor >= 0 { dup2(descriptor, STDERR_FILENO) }
    }

    func write(_ level: LogLevel, _ text: String) {
        guard descriptor >= 0, level >= self.level else { return }
        let pid = getpid()
        let line = "\(Console.timestamp(time(nil))) [\(level.rawValue)] \(pid)#\(pid): \(text)\n"
        TextFile.writeAll(descriptor, Array(line.utf8))
    }
}
