// A certificate with its key, ready for handshakes. Made when the configuration is compiled, never on an event loop:
// reading keys takes time.

import NIOSSL

/// What the gateway shows to clients in a TLS handshake.
package final class TLSIdentity: Sendable {
    /// By `TLSOffer.rawValue`; nil for what no listener offers.
    private let contexts: [NIOSSLContext?]

    /// - Parameters:
    ///   - certificate: PEM; the certificates that lead to a root may follow.
    ///   - key: the first certificate's private key as PEM.
    /// - Throws: the TLS library's error for texts that are no certificate or key or don't belong together; `TLSFault`
    ///   for a policy without ciphers.
    package init(certificate: String, key: String, policy: TLSPolicy) throws {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        guard !chain.isEmpty else { throw TLSFault("no certificate in the text") }
        let privateKey = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        contexts = try TLSOffer.allCases.map { offer in
            policy.offers.contains(offer) ? try policy.context(chain, privateKey, offer) : nil
        }
    }

    func context(_ offer: TLSOffer) -> NIOSSLContext? {
        contexts[offer.rawValue]
    }
}
