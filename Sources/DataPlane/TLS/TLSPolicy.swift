// What the gateway agrees to in a TLS handshake with a client, whatever certificate it shows.

import NIOSSL

/// The protocols that a listener names in the handshake (ALPN, RFC 7301).
package enum TLSOffer: Int, Sendable, CaseIterable {
    case http1
    case http2
    /// Nothing, as on stream listeners.
    case none

    var protocols: [String] {
        switch self {
        case .http1: ["http/1.1"]
        case .http2: ["h2", "http/1.1"]
        case .none: []
        }
    }
}

/// Why TLS can't be done as it is configured.
package struct TLSFault: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Versions, ciphers and protocols for TLS with clients.
package struct TLSPolicy: Sendable {
    package var minimumVersion = TLSVersion.tlsv12
    package var maximumVersion = TLSVersion.tlsv13
    /// For TLS 1.2 and before.
    package var ciphers = TLSCipher.all.filter(\.isRecommended)
    /// What listeners offer: a certificate is made ready for each.
    package var offers: Set<TLSOffer> = [.http1]

    package init() {}

    /// A configuration that shows that certificate. It keeps its own tickets, so that a session is resumed only under
    /// the certificate that it began with.
    func context(
        _ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey, _ offer: TLSOffer
    ) throws -> NIOSSLContext {
        guard !ciphers.isEmpty else { throw TLSFault("none of the ciphers in ssl_ciphers is supported") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = minimumVersion
        configuration.maximumTLSVersion = maximumVersion
        configuration.cipherSuites = ciphers.map(\.name).joined(separator: ":")
        configuration.applicationProtocols = offer.protocols
        return try NIOSSLContext(configuration: configuration)
    }
}
