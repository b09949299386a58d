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
        return Self.isAlive(pid) ? pid : nil
    }

    private static func isAlive(_ pid: pid_t) -> Bool {
        (kill(pid, 0) == 0 || errno == EPERM) && !isZombie(pid)
    }

    /// Whether the process has ended and only waits for its parent to notice, which in a container may be never.
    private static func isZombie(_ pid: pid_t) -> Bool {
        guard let stat = try? TextFile.read("/proc/\(pid)/stat"), let name = stat.lastIndex(of: ")") else {
            return false
        }
        return stat[name...].dropFirst().trimmed.first == "Z"
    }

    /// Sends a signal, and tells which process got it.
    @discardableResult
    package func send(_ signal: Int32) throws(CommandFault) -> pid_t {
        guard let pid else { throw Self.notRunning(paths) }
        guard kill(pid, signal) == 0 else { throw CommandFault("\(pidFile): \(FileFault().reason)") }
        return pid
    }

    /// Waits until a process is gone; false when it still lives after so many seconds. By its number, since a master
    /// removes its pid file before it ends, and until the end its ports are taken.
    package static func waitForEnd(of pid: pid_t, atMost seconds: Double, every pause: Double) -> Bool {
        let deadline = Moment.now + seconds
        while isAlive(pid) {
            if Moment.now >= deadline { return false }
            Moment.sleep(pause)
        }
        return true
    }
}
