// Collects what the gateway's own series show, at the moment of a scrape and away from the event loops.

import ControlPlane
import DataPlane
import Glibc
import PluginKit

struct InternalsReader: Sendable {
    let settings: Settings
    let statistics: [LoopStatistics]
    let upstreams: Upstreams
    let logWriter: LogWriter
    let publisher: SnapshotPublisher
    let subjects: NodeSubjects?
    let startedAtSeconds = Double(time(nil))

    func read() -> NodeInternals {
        var internals = NodeInternals()
        internals.process = .now(startedAtSeconds: startedAtSeconds)
        internals.loops = statistics.map { LoopFigures($0) }
        internals.log = logWriter.counters
        internals.logBacklogBytes = logWriter.backlogBytes
        internals.snapshot = publisher.figures
        internals.targets = upstreams.all.compactMapValues(\.targetAvailability)
        internals.subjects = subjects
        internals.targetLimit = max(settings.metricsSeriesLimit, 0)
        return internals
    }
}
