// Where a request is to be sent.

import NIOCore

/// A host and port made ready to connect to.
package struct ResolvedTarget: Sendable {
    package let address: SocketAddress
    /// The name that was asked for.
    package let hostname: String
    /// The port asked for, or that of the SRV record.
    package let port: Int
}

/// All that a name stands for at the moment: what a ring balancer spreads over its slots.
package struct HostRecords: Sendable {
    /// Addresses or services, aliases followed.
    package let answer: HostAnswer
    /// Milliseconds until the answer should be asked for again; 0 for a name to be resolved at every request.
    package let lifetimeMilliseconds: Int64

    package init(answer: HostAnswer, lifetimeMilliseconds: Int64) {
        self.answer = answer
        self.lifetimeMilliseconds = lifetimeMilliseconds
    }
}
