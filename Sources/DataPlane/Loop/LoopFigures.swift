// What only the gateway's own series tell of event loops: connections to upstreams, and stalls.

import Synchronization

/// The figures of one event loop at this moment.
package struct LoopFigures: Sendable {
    package let number: Int
    package let upstreamOpen: Int
    package let upstreamIdle: Int
    package let stalls: Int
    package let stalledMilliseconds: Int

    /// - Parameters:
    ///   - stallsBefore: what the loop of that number counted in workers before this one.
    ///   - stalledMillisecondsBefore: the same of the time.
    package init(_ loop: LoopStatistics, stallsBefore: Int = 0, stalledMillisecondsBefore: Int = 0) {
        number = loop.number
        upstreamOpen = loop.upstreamOpen.load(ordering: .relaxed)
        upstreamIdle = loop.upstreamIdle.load(ordering: .relaxed)
        stalls = stallsBefore + loop.stalls.load(ordering: .relaxed)
        stalledMilliseconds = stalledMillisecondsBefore + loop.stalledMilliseconds.load(ordering: .relaxed)
    }
}
