// How plugins ask an LDAP server whether it takes a name and a password.

import Wire

/// One event loop's way to LDAP servers; nothing here waits.
package protocol LDAPClient: AnyObject {
    /// Binds over a kept connection, if there is one. `done` is called once, on this event loop, and never before
    /// `bind` has returned.
    ///
    /// - Parameters:
    ///   - name: a distinguished name.
    ///   - password: not empty.
    func bind(
        _ name: [UInt8], password: [UInt8], to server: LDAPServer,
        _ done: @escaping (Result<LDAPResult, OutboundFailure>) -> Void)
}

/// A server, and how it is spoken to.
package struct LDAPServer: Hashable, Sendable {
    package var peer: OutboundPeer
    /// Whether TLS is started before anything else.
    package var startsTLS = false
    /// Whether its certificate must be trusted and be the host's.
    package var verifiesCertificate = false
    /// For each of connecting, StartTLS and the bind.
    package var timeoutMilliseconds: Int64 = 10_000
    /// How long an idle connection is kept.
    package var keepAliveMilliseconds: Int64 = 60_000

    package init(at peer: OutboundPeer) {
        self.peer = peer
    }
}
