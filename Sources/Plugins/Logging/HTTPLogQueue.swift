// The queue of http-log for one receiver: carries out what `BatchQueue` says.

import Glibc
import PluginKit
import Wire

/// Belongs to one event loop of the worker, to which all of them hand their entries: batches fill as fast as they do in
/// a worker with one loop.
final class HTTPLogQueue: OutboundState {
    private let receiver: HTTPLogReceiver
    private var queue: BatchQueue
    private weak var outbound: (any Outbound)?

    init(_ receiver: HTTPLogReceiver, _ outbound: any Outbound) {
        self.receiver = receiver
        self.outbound = outbound
        queue = BatchQueue(receiver.rules)
    }

    func add(_ entry: [UInt8]) {
        perform(queue.add(entry, now: Self.now))
    }

    func flush() {
        perform(queue.end(now: Self.now))
    }

    var isIdle: Bool { queue.isEmpty }

    func abandon() {
        guard queue.waiting > 0 else { return }
        outbound?.logError("[http-log] \(queue.waiting) entries could not be sent to \(receiver.name) in time")
    }

    private func perform(_ actions: [BatchQueue.Action]) {
        guard let outbound else { return }
        for action in actions {
            switch action {
            case .send(let batch): send(batch, outbound)
            case .wake(let delay):
                outbound.schedule(afterMilliseconds: delay) { [self] in perform(queue.timePassed(now: Self.now)) }
            case .warn(let text): outbound.logWarning("[http-log] \(text)")
            case .complain(let text): outbound.logError("[http-log] \(text)")
            }
        }
    }

    private func send(_ batch: BatchQueue.Batch, _ outbound: any Outbound) {
        outbound.call(receiver.request(batch.entries)) { [self] result in
            if let reason = receiver.failure(result) {
                perform(queue.failed(batch, reason, now: Self.now))
            } else {
                perform(queue.sent(batch, now: Self.now))
            }
        }
    }

    /// Milliseconds of the monotonic clock.
    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
