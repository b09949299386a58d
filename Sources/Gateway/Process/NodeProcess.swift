// The master process of a node as other processes see it: by its pid file.

import Glibc

/// A process that a pid file names.
package struct NodeProcess {
    private let paths: PrefixPaths
    private var pidFile: String { paths.pidFile }

    package init(_ paths: PrefixPaths) { self.paths = paths }

    static func notRunning(_ paths: PrefixPaths) -> CommandFault {
        CommandFault("nginx not running in prefix: \(paths.prefix)")
    }

    /// The pid, when the file holds one and such a process lives.
    package var pid: pid_t? {
        guard let text = try? TextFile.read(pidFile), let pid = pid_t(text.trimmed), pid > 0 else { return nil }
        guard kill(pid, 0) == 0 || errno == EPERM else { return nil }
        return Self.isZombie(pid) ? nil : pid
    }

    /// Whether the process has ended and only waits for its parent to notice, which in a container may be never.
    private static func isZombie(_ pid: pid_t) -> Bool {
        guard let stat = try? TextFile.read("/proc/\(pid)/stat"), let name = stat.lastIndex(of: ")") else {
            return false
        }
        return stat[name...].dropFirst().trimmed.first == "Z"
    }

    /// Sends a signal.
    package func send(_ signal: Int32) throws(CommandFault) {
        guard let pid else { throw Self.notRunning(paths) }
        guard kill(pid, signal) == 0 else { throw CommandFault("\(pidFile): \(FileFault().reason)") }
    }

    /// Waits until the process is gone; false when it still lives after so many seconds.
    package func waitForEnd(atMost seconds: Double, every pause: Double) -> Bool {
        let deadline = Moment.now + seconds
        while pid != nil {
            if Moment.now >= deadline { return false }
            Moment.sleep(pause)
        }
        return true
    }
}
