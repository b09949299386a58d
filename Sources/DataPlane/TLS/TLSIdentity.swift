// A certificate with its key, ready for handshakes. Made when the configuration is compiled, never on an event loop:
// reading keys takes time.

import NIOSSL
import Synchronization

/// What the gateway shows to clients in a TLS handshake.
package final class TLSIdentity: Sendable {
    /// By `TLSOffer.rawValue`; nil for what no listener offers.
    private let contexts: [NIOSSLContext?]
    private let preference: CipherPreference
    /// For clients whose order of ciphers is not ours. Made when the first of them comes, from keys that are read
    /// already; most certificates never need one.
    private let corrected = Mutex<[Correction: NIOSSLContext]>([:])

    private struct Correction: Hashable {
        let offer: TLSOffer
        let cipher: TLSCipher
    }

    /// - Parameters:
    ///   - certificate: PEM; the certificates that lead to a root may follow.
    ///   - key: the first certificate's private key as PEM.
    /// - Throws: the TLS library's error for texts that are no certificate or key or don't belong together; `TLSFault`
    ///   for a policy without ciphers.
    package init(certificate: String, key: String, policy: TLSPolicy) throws {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        guard let leaf = chain.first else { throw TLSFault("no certificate in the text") }
        let privateKey = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        preference = CipherPreference(policy, publicKey: try leaf.extractPublicKey().toSPKIBytes())
        contexts = try TLSOffer.allCases.map { offer in
            policy.offers.contains(offer) ? try policy.context(chain, privateKey, offer) : nil
        }
    }

    /// The configuration of a handshake.
    ///
    /// - Parameter hello: what the client has said, where that can be read.
    func context(_ offer: TLSOffer, for hello: ClientHello?) -> NIOSSLContext? {
        guard let usual = contexts[offer.rawValue], let hello, let cipher = preference.correction(for: hello) else {
            return contexts[offer.rawValue]
        }
        return corrected.withLock { corrected in
            let correction = Correction(offer: offer, cipher: cipher)
            if let known = corrected[correction] { return known }
            var configuration = usual.configuration
            configuration.cipherSuites = cipher.name
            let made = (try? NIOSSLContext(configuration: configuration)) ?? usual
            corrected[correction] = made
            return made
        }
    }
}
