// What every endpoint of the Admin API works on: the declarations, the store and the node around them.

import Schema
import Store

struct AdminContext: Sendable {
    let catalog: Catalog
    let store: any Store
    let validation: ValidationContext
    let node: NodeInformation
    let writes: WriteQueue
    let published: @Sendable (Committed) async -> Void

    /// Reads, decides and writes while no other write runs, then waits until the change is in force, so that
    /// whoever has the answer sees its effect. Waiting is outside the queue: changes that come in a burst are
    /// put in force together.
    func write<Outcome: Sendable>(
        _ body: @Sendable () async throws -> (outcome: Outcome, pending: Pending?)
    ) async throws -> Outcome {
        let (outcome, pending) = try await writes.run(body)
        if let pending { await published(await pending.told()) }
        return outcome
    }
}
