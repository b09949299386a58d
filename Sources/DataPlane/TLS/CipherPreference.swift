// Whose order of ciphers counts. nginx goes by its own, as Kong tells it to (ssl_prefer_server_ciphers); the TLS
// library goes by the client's. Where the two orders lead to different ciphers, the client is met with a configuration
// that has no other cipher than the right one.

import NIOSSL

/// The order of the ciphers that one certificate can be used with.
package struct CipherPreference: Sendable {
    private let ciphers: [TLSCipher]
    private let newestVersion: Int

    private static let (tls12, tls13) = (0x0303, 0x0304)
    /// The groups that the TLS library agrees to before TLS 1.3: x25519, P-256, P-384.
    private static let groups: Set<Int> = [29, 23, 24]
    /// What the keys of all RSA certificates are called in them (1.2.840.113549.1.1.*).
    private static let rsa: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01]

    /// - Parameter publicKey: the certificate's, as SubjectPublicKeyInfo.
    package init(_ policy: TLSPolicy, publicKey: [UInt8]) {
        let authentication = publicKey.contains(Self.rsa) ? "aRSA" : "ECDSA"
        ciphers = policy.ciphers.filter { $0.traits.contains(authentication) }
        newestVersion = policy.maximumVersion == .tlsv13 ? Self.tls13 : Self.tls12
    }

    /// The cipher that a client must be kept to; nil for one that comes to it, or to none, by itself. In TLS 1.3 the
    /// library goes by an order of its own.
    package func correction(for hello: ClientHello) -> TLSCipher? {
        let version = min(hello.newestVersion, newestVersion)
        guard version < Self.tls13 else { return nil }
        let canExchange = hello.groups.contains(where: Self.groups.contains)
        let usable = ciphers.filter { cipher in
            hello.ciphers.contains(cipher.number) && (version >= Self.tls12 || cipher.worksBeforeTLS12)
                && (canExchange || !cipher.traits.contains("ECDHE"))
        }
        guard let first = usable.first else { return nil }
        let chosen = hello.ciphers.first { number in usable.contains { $0.number == number } }
        return chosen == first.number ? nil : first
    }
}
