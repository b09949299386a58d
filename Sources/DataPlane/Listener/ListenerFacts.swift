// What all connections of one listening address have in common.

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
    /// The certificate for clients that ask for no name, or for one that no certificate is for.
    package let tls: TLSIdentity?
    /// The protocols named in the TLS handshake; without TLS, those that are understood.
    package let offer: TLSOffer
    /// Whether a balancer introduces each connection.
    package let proxyProtocol: Bool

    package init(role: Role, port: Int, tls: TLSIdentity?, offer: TLSOffer = .http1, proxyProtocol: Bool = false) {
        self.role = role
        self.port = port
        self.tls = tls
        self.offer = offer
        self.proxyProtocol = proxyProtocol
        isTLS = tls != nil
    }

    var isProxy: Bool {
        if case .proxy = role { return true }
        return false
    }
}
