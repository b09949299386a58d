// Collects what the gateway's own series show, at the moment of a scrape and away from the event loops.

import ControlPlane
import DataPlane
import Glibc
import PluginKit

struct InternalsReader: Sendable {
    let settings: Settings
    let figures: NodeFigures
    let publisher: SnapshotPublisher
    let subjects: NodeSubjects?
    let startedAtSeconds = Double(time(nil))

    func read() -> NodeInternals {
        var internals = NodeInternals()
        internals.process = .now(startedAtSeconds: startedAtSeconds)
        internals.loops = figures.loops
        internals.log = figures.log
        internals.pool = figures.pool
        internals.logBacklogBytes = figures.logWriter.backlogBytes
        internals.snapshot = publisher.figures
        internals.targets = figures.upstreams.all.compactMapValues(\.targetAvailability)
        internals.subjects = subjects
        internals.targetLimit = max(settings.metricsSeriesLimit, 0)
        return internals
    }
}
