// State that belongs to the node and not to a configuration: it stays when the configuration changes.

import Schema
import Synchronization

/// What every plugin on this node may share.
package final class NodeState: Sendable {
    /// Counters of windows, for limits counted on this node.
    package let counters: WindowCounters
    /// What the prometheus plugin counted.
    package let figures: FiguresTable
    /// Requests by route and consumer; nil when the gateway's own series are off.
    package let subjects: NodeSubjects?
    /// The node's id, which stays the same while the node runs; the Admin API shows it.
    package let nodeID: [UInt8]
    /// A random UUID of this worker process.
    package let workerID: [UInt8]
    /// The worker's process id.
    package let processID: Int32
    /// Whether this node is the whole cluster, as with an embedded store: what the cluster counts, it counts.
    package let isAlone: Bool
    /// What answers say in Via; nil where they are not to have it (`headers`).
    package let via: [UInt8]?
    private let writer = Mutex<(any RowWriter)?>(nil)
    private let shared = Mutex<(any SharedCounters)?>(nil)
    private let serial = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - loops: how many event loops there are.
    ///   - before: what workers left that had ended before this one began.
    package init(
        processID: Int32, nodeID: String = "", isAlone: Bool = false, tellsVia: Bool = true, loops: Int = 1,
        subjects: NodeSubjects? = nil, before: Carryover = Carryover()
    ) {
        figures = FiguresTable(loops: loops, before: before.services)
        self.subjects = subjects
        self.processID = processID
        self.nodeID = Array(nodeID.utf8)
        self.isAlone = isAlone
        via = tellsVia ? Array("kong/1.1.2".utf8) : nil
        counters = WindowCounters(before: before)
        workerID = Array(UUIDText.random().utf8)
    }

    /// Lets plugins change stored rows from now on.
    package func attach(_ writer: any RowWriter) {
        self.writer.withLock { $0 = writer }
    }

    /// What changes stored rows; nil while the node starts.
    package var rowWriter: (any RowWriter)? { writer.withLock { $0 } }

    /// Lets plugins count for the whole cluster from now on.
    package func attach(_ counters: any SharedCounters) {
        shared.withLock { $0 = counters }
    }

    /// What counts for the whole cluster; nil where there is no such thing.
    package var sharedCounters: (any SharedCounters)? { shared.withLock { $0 } }

    /// What plugins have counted in this worker. Its windows are those that go on at `now`, in milliseconds since the
    /// epoch.
    package func carryover(now: Int64) -> Carryover {
        var own = Carryover()
        own.seeds = counters.seeds
        own.services = figures.own()
        if let subjects { (own.routes, own.consumers) = (subjects.routes.own(), subjects.consumers.own()) }
        own.windows = counters.own(now: now)
        return own
    }

    /// Takes over what a worker has counted that ends beside this one.
    ///
    /// - Parameters:
    ///   - known: what it had counted when this was called last.
    ///   - place: its place among the node's workers.
    package func inherit(_ other: Carryover, known: Carryover, from place: Int, now: Int64) {
        figures.inherit(other.services, from: place)
        subjects?.routes.inherit(other.routes, from: place)
        subjects?.consumers.inherit(other.consumers, from: place)
        if other.seeds == counters.seeds { counters.inherit(other.windows, known: known.windows, now: now) }
    }

    /// 1, 2, 3, ... over all event loops.
    package func nextSerial() -> UInt64 {
        serial.add(1, ordering: .relaxed).newValue
    }
}
