// Statuses that threads collect.

import Synchronization

final class Statuses: Sendable {
    private let list = Mutex<[Int]>([])

    var all: [Int] { list.withLock { $0 } }

    func add(_ status: Int) {
        list.withLock { $0.append(status) }
    }
}
