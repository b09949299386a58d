// The addresses that are out, in a form that outlives the process: a reload starts a new worker, and what the old one
// learned must not have to be learned again from failing requests.

import Synchronization

/// An address of an upstream that takes no requests.
package struct OutOfService: Sendable, Hashable {
    package let upstream: String
    /// The address, or the name of a peer that is resolved for each request.
    package let place: String
    package let port: Int

    package init(upstream: String, place: String, port: Int) {
        self.upstream = upstream
        self.place = place
        self.port = port
    }

    /// One line of text; nil for text that is none.
    package init?(line: some StringProtocol) {
        let parts = line.split(separator: " ")
        guard parts.count == 3, let port = Int(parts[2]) else { return nil }
        self.init(upstream: String(parts[0]), place: String(parts[1]), port: port)
    }

    /// The names and addresses in it have no spaces.
    package var line: String { "\(upstream) \(place) \(port)" }
}

/// Tells that an address went out or came back.
package final class HealthSignal: Sendable {
    private let listener = Mutex<(@Sendable () -> Void)?>(nil)

    package init() {}

    /// Calls `body` at each change, on whatever thread makes it: it has to return at once.
    package func listen(_ body: @escaping @Sendable () -> Void) {
        listener.withLock { $0 = body }
    }

    func raise() {
        listener.withLock { $0 }?()
    }
}
