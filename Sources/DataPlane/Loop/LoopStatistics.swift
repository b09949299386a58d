// Counts of connections and requests, one set per event loop, summed when somebody asks (GET /status, /metrics).

import Synchronization

/// The counts of one event loop. Written by that loop only, read by anybody.
package final class LoopStatistics: Sendable {
    let active = Atomic<Int>(0)
    let waiting = Atomic<Int>(0)
    let reading = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    /// Open connections to upstreams, those in use included, and how many of them wait in the pool.
    let upstreamOpen = Atomic<Int>(0)
    let upstreamIdle = Atomic<Int>(0)
    /// How often the loop came too late to a task, and by how many milliseconds in all.
    let stalls = Atomic<Int>(0)
    let stalledMilliseconds = Atomic<Int>(0)
    /// Which loop this is, from 0.
    package let number: Int

    package init(number: Int = 0) {
        self.number = number
    }
}

extension Atomic where Value == Int {
    /// Adds without a locked instruction; right only where a single thread writes.
    @inline(__always)
    func bump(_ amount: Int = 1) {
        store(load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}

/// What nginx calls the stub status.
package struct ConnectionCounts: Sendable {
    package var active = 0
    package var reading = 0
    package var writing = 0
    package var waiting = 0
    package var accepted = 0
    package var handled = 0
    package var requests = 0

    package init(_ loops: [LoopStatistics]) {
        for loop in loops {
            active += loop.active.load(ordering: .relaxed)
            waiting += loop.waiting.load(ordering: .relaxed)
            reading += loop.reading.load(ordering: .relaxed)
            accepted += loop.accepted.load(ordering: .relaxed)
            requests += loop.requests.load(ordering: .relaxed)
        }
        handled = accepted
        writing = max(active - waiting - reading, 0)
    }

    /// Another number whenever one of the counts that only grow has grown.
    package var activity: Int { accepted &+ requests }
}
