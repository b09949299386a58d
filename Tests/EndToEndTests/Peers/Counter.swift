// A sum to which threads add.

import Synchronization

final class Counter: Sendable {
    private let sum = Atomic(0)

    var value: Int { sum.load(ordering: .relaxed) }

    func add(_ number: Int) {
        sum.add(number, ordering: .relaxed)
    }
}
