// Creates consumers one after the other and remembers which the Admin API acknowledged.

import Foundation
import Synchronization

final class ConsumerWriter: Sendable {
    private struct State {
        var isRunning = true
        var hasEnded = false
        var acknowledged: [String] = []
    }

    private let state = Mutex(State())

    init(_ node: Node) {
        Thread.detachNewThread { [self] in
            var number = 0
            while state.withLock({ $0.isRunning }) {
                number += 1
                let name = "consumer-\(number)"
                guard (try? node.admin("POST", "/consumers", ["username": name]))?.status == 201 else { continue }
                state.withLock { $0.acknowledged.append(name) }
            }
            state.withLock { $0.hasEnded = true }
        }
    }

    /// Ends and tells whom the node must know.
    func stop() -> [String] {
        state.withLock { $0.isRunning = false }
        _ = eventually(within: 9) { state.withLock { $0.hasEnded } }
        return state.withLock { $0.acknowledged }
    }
}
