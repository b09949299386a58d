// What all connections of one listening address have in common.

import NIOSSL

/// One listening address, as its connections need to know it.
package final class ListenerFacts: Sendable {
    /// What is served there.
    package enum Role: Sendable {
        case proxy
        case local(any LocalService)
    }

    package let role: Role
    package let port: Int
    package let isTLS: Bool
    package let tls: NIOSSLContext?

    package init(role: Role, port: Int, tls: NIOSSLContext?) {
        self.role = role
        self.port = port
        self.tls = tls
        isTLS = tls != nil
    }

    var isProxy: Bool {
        if case .proxy = role { return true }
        return false
    }
}
