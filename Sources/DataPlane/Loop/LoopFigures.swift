// What only the gateway's own series tell of event loops: connections to upstreams, and stalls.

import Synchronization

/// The figures of one event loop at this moment.
package struct LoopFigures: Sendable {
    package let number: Int
    package let upstreamOpen: Int
    package let upstreamIdle: Int
    package let stalls: Int
    package let stalledMilliseconds: Int

    package init(_ loop: LoopStatistics) {
        number = loop.number
        upstreamOpen = loop.upstreamOpen.load(ordering: .relaxed)
        upstreamIdle = loop.upstreamIdle.load(ordering: .relaxed)
        stalls = loop.stalls.load(ordering: .relaxed)
        stalledMilliseconds = loop.stalledMilliseconds.load(ordering: .relaxed)
    }
}
