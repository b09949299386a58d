// The way back to an exchange's event loop for a plugin that waits for work done elsewhere.

import NIOCore

/// Resumes one suspended request, from any thread.
package struct Resumption: Sendable {
    private let exchange: NIOLoopBound<Exchange>
    private let eventLoop: any EventLoop
    private let turn: UInt64

    /// To be made in the phase that suspends; nil for an exchange without an event loop.
    package init?(_ exchange: Exchange) {
        guard let eventLoop = exchange.eventLoop else { return nil }
        self.exchange = NIOLoopBound(exchange, eventLoop: eventLoop)
        self.eventLoop = eventLoop
        turn = exchange.turn
    }

    /// Goes on with what `decide` says, unless the request has ended in the meantime. To be called once.
    package func resume(_ decide: @escaping @Sendable (Exchange) -> Verdict) {
        eventLoop.execute { [self] in
            let x = exchange.value
            guard x.turn == turn else { return }
            x.resume(decide(x))
        }
    }
}
