// The way back to a suspended request for work that ends on the request's own event loop, such as a call by `Outbound`.
// The request may have ended meanwhile, and its exchange may serve another one.

/// Resumes one suspended request.
package struct Suspension {
    private let exchange: Exchange
    private let requestNumber: Int

    /// To be made in the phase that suspends.
    package init(_ exchange: Exchange) {
        self.exchange = exchange
        requestNumber = exchange.requestNumber
    }

    /// Goes on with what `decide` says, unless the request has ended in the meantime. To be called once.
    package func resume(_ decide: (Exchange) -> Verdict) {
        guard exchange.requestNumber == requestNumber else { return }
        exchange.resume(decide(exchange))
    }
}
