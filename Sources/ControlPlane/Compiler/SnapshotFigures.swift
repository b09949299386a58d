// What monitoring wants to know of the configuration in force: which one it is, since when, and what it took to make.

/// The newest snapshot in figures.
package struct SnapshotFigures: Sendable {
    /// Counts the snapshots since the worker's start; 0 before the first.
    package var version: UInt64 = 0
    package var publishedAt = ContinuousClock.now
    package var compileTime = Duration.zero

    package init() {}
}
