// What the log writer could not keep: an operator must be able to see that lines are missing.

/// Totals since the process started, in lines.
package struct LogCounters: Sendable, Equatable {
    /// Written to a file.
    package var written = 0
    /// Thrown away because the backlog of unwritten bytes was at its limit.
    package var dropped = 0
    /// Lost because a write failed (full disk, closed pipe).
    package var failed = 0

    package init(written: Int = 0, dropped: Int = 0, failed: Int = 0) {
        self.written = written
        self.dropped = dropped
        self.failed = failed
    }
}
