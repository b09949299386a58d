// Generates the certificates that TLS listeners show when the configuration names none. Only the command does this,
// never the master or a worker: this is the one file of the program that needs Foundation, for dates.

import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// A new self-signed certificate for localhost with its key, both as PEM.
struct DefaultCertificate {
    let certificate: String
    let key: String

    /// Kong means to make its certificates valid for 20 years.
    private static let validity: TimeInterval = 20 * 365 * 24 * 3600

    init() throws {
        // P-256: clients of all ages know it, and its handshakes cost a fraction of RSA's.
        let privateKey = P256.Signing.PrivateKey()
        let name = try DistinguishedName {
            CountryName("US")
            StateOrProvinceName("California")
            LocalityName("San Francisco")
            OrganizationName("Kong")
            OrganizationalUnitName("IT Department")
            CommonName("localhost")
        }
        let now = Date()
        let signed = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(privateKey.publicKey), notValidBefore: now,
            notValidAfter: now + Self.validity, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try .init { SubjectAlternativeNames([.dnsName("localhost")]) },
            issuerPrivateKey: .init(privateKey))
        certificate = try signed.serializeAsPEM().pemString + "\n"
        key = privateKey.pemRepresentation + "\n"
    }
}
