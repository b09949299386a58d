// What all streams of one listening address have in common.

import NIOSSL

package final class StreamListenerFacts: Sendable {
    let port: Int
    /// Whether every connection is TLS and is decrypted here.
    let isTLS: Bool
    /// Whether the sockets take connections that are meant for other machines.
    let isTransparent: Bool
    /// Whether a balancer introduces each connection.
    let proxyProtocol: Bool
    /// The certificate for clients that ask for no name, or for one that no certificate is for.
    let identity: TLSIdentity?
    /// For connections to services of protocol tls.
    let upstreamTLS: NIOSSLContext?

    package init(
        port: Int, isTLS: Bool, isTransparent: Bool, proxyProtocol: Bool, identity: TLSIdentity?,
        upstreamTLS: NIOSSLContext?
    ) {
        self.port = port
        self.isTLS = isTLS
        self.isTransparent = isTransparent
        self.proxyProtocol = proxyProtocol
        self.identity = identity
        self.upstreamTLS = upstreamTLS
    }
}
