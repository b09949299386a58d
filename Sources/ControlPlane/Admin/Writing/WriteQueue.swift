// Writes of the Admin API one at a time. PATCH and PUT read a row, merge and write it back; without this
// queue two of them at once would lose one update.

actor WriteQueue {
    private var busy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs the body while no other one runs; bodies run in the order they came.
    func run<Outcome: Sendable>(_ body: @Sendable () async throws -> Outcome) async rethrows -> Outcome {
        await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async {
        guard busy else {
            busy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Hands the turn to the next in line; `busy` stays set meanwhile, so nobody slips in between.
    private func leave() {
        if waiting.isEmpty {
            busy = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
