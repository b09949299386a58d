// Tells when an event loop was held up: a task that is due every tenth of a second notes how late it comes. Whatever
// makes it late (work on the loop that takes too long, or a machine that is too busy) makes requests late as well.

import NIOCore

/// Measures one event loop. Belongs to that loop.
package final class StallWatch {
    private static let intervalMilliseconds: Int64 = 100

    private let statistics: LoopStatistics
    private let threshold: Int64
    private var last = TimerWheel.monotonicMilliseconds()

    private init(_ statistics: LoopStatistics, _ threshold: Int64) {
        self.statistics = statistics
        self.threshold = threshold
    }

    /// To be called on the event loop. From then on a delay of that many milliseconds or more is a stall.
    package static func start(on loop: any EventLoop, _ statistics: LoopStatistics, thresholdMilliseconds: Int64) {
        let watch = NIOLoopBound(StallWatch(statistics, thresholdMilliseconds), eventLoop: loop)
        let interval = TimeAmount.milliseconds(intervalMilliseconds)
        loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in watch.value.look() }
    }

    private func look() {
        let now = TimerWheel.monotonicMilliseconds()
        let late = now - last - Self.intervalMilliseconds
        last = now
        guard late >= threshold else { return }
        statistics.stalls.bump()
        statistics.stalledMilliseconds.bump(Int(late))
    }
}
