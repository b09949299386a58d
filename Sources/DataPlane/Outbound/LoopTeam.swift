// The event loops of a worker, as they know each other: something that several of them add to is kept by one.

import NIOCore
import Synchronization

final class LoopTeam: Sendable {
    private let joined = Mutex<[NIOLoopBound<LoopContext>]>([])

    /// To be called on the context's event loop, before any of them serves.
    func join(_ context: LoopContext) {
        let bound = NIOLoopBound(context, eventLoop: context.loop)
        joined.withLock { $0.append(bound) }
    }

    var members: [NIOLoopBound<LoopContext>] { joined.withLock { $0 } }
}
