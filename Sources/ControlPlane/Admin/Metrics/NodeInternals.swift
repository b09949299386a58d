// What the gateway's own series tell of the inside of a node, as a copy of one moment. Whoever puts the node together
// fills it in; a node without it shows Kong's series only.

import DataPlane
import PluginKit
import Store

/// The inside of a node at one moment.
package struct NodeInternals: Sendable {
    /// What the system knows of the worker process.
    package struct Process: Sendable {
        package var residentBytes = 0
        package var openFiles = 0
        /// When it started, in seconds since the epoch.
        package var startedAtSeconds = 0.0

        package init() {}
    }

    package var process = Process()
    package var loops: [LoopFigures] = []
    package var log = LogCounters()
    /// Bytes of log lines that are not written yet.
    package var logBacklogBytes = 0
    /// Nil for a node without PostgreSQL.
    package var pool: PoolFigures?
    package var snapshot = SnapshotFigures()
    /// For each target with an address of an upstream whose health is checked, whether it takes requests.
    package var targets: [String: [String: Bool]] = [:]
    package var subjects: NodeSubjects?
    /// How many targets are shown alone.
    package var targetLimit = 0

    package init() {}
}
