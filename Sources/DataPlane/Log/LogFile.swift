// A log as its users hold it: a number into the writer's table of open files, so that reopening after a rotation
// changes nothing for them.

/// A log opened by a `LogWriter`; the same path opened twice is the same log.
package struct LogFile: Sendable, Equatable {
    /// The log that takes nothing (`proxy_access_log = off`).
    package static let off = LogFile(index: -1)

    package var isOff: Bool { index < 0 }

    let index: Int
}

/// Why a log cannot be written to.
package struct LogFailure: Error, Equatable {
    package let path: String
    /// The system's errno; 0 when it was no system call that failed.
    package let code: Int32
    package let message: String
}
