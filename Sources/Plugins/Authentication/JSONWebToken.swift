// A JSON Web Token in compact form (RFC 7515, section 7.1): taken apart, and its signature checked.

import Crypto
import CryptoExtras
import PluginKit
import Schema
import Wire

/// A token as it was shown.
struct JSONWebToken {
    /// Why a text is no token, in Kong's words.
    enum Fault: String, Error {
        case form = "invalid JSON"
        case algorithm = "invalid alg"
        case claims = "invalid claims"
        case signature = "invalid signature"
    }

    let header: JSONObject
    let claims: JSONObject
    let algorithm: JWTSecret.Algorithm
    private let signed: [UInt8]
    private let signature: [UInt8]

    init(_ text: [UInt8]) throws(Fault) {
        let parts = text.split(separator: Ascii.dot, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.json(parts[0]), let claims = Self.json(parts[1]) else { throw .form }
        // `typ` is not looked at, as in Kong.
        guard let name = header["alg"]?.string, let algorithm = JWTSecret.Algorithm(rawValue: name) else {
            throw .algorithm
        }
        // To Lua a list is a table as well, though one without names.
        guard let members = claims.object ?? claims.array.map({ _ in [:] }) else { throw .claims }
        guard let signature = Base64.decode(parts[2], isURL: true) else { throw .signature }
        self.header = header.object ?? [:]
        self.claims = members
        self.algorithm = algorithm
        self.signature = signature
        signed = Array(text[..<parts[1].endIndex])
    }

    /// Whether the token was signed with this secret; false when its algorithm has keys and no secret.
    func isSigned(with secret: [UInt8]) -> Bool {
        guard let digest = algorithm.digest else { return false }
        return Digest.isEqual(digest.sign(signed, with: secret), signature)
    }

    /// Whether the token was signed with the private key that belongs to this public key.
    ///
    /// - Parameter pem: an RSA key of at least 1024 bits, or one of the curve P-256.
    func isSigned(byOwnerOf pem: String) -> Bool {
        switch algorithm {
        case .rs256: isSignedRSA(pem, SHA256.hash(data: signed))
        case .rs512: isSignedRSA(pem, SHA512.hash(data: signed))
        case .es256: isSignedP256(pem)
        case .hs256, .hs384, .hs512: false
        }
    }

    private func isSignedRSA(_ pem: String, _ digest: some Crypto.Digest) -> Bool {
        // RS256 and RS512 are defined with PKCS #1 1.5 padding (RFC 7518, section 3.3).
        guard let key = try? _RSA.Signing.PublicKey(unsafePEMRepresentation: pem) else { return false }
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        return key.isValidSignature(signature, for: digest, padding: .insecurePKCS1v1_5)
    }

    private func isSignedP256(_ pem: String) -> Bool {
        guard let key = try? P256.Signing.PublicKey(pemRepresentation: pem),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(signature, for: SHA256.hash(data: signed))
    }

    private static func json(_ part: ArraySlice<UInt8>) -> JSON? {
        Base64.decode(part, isURL: true).flatMap { try? JSON(parsing: $0) }
    }
}

extension JWTSecret.Algorithm {
    /// Whether both sides share a secret.
    var isSymmetric: Bool { digest != nil }

    fileprivate var digest: KeyedDigest? {
        switch self {
        case .hs256: .sha256
        case .hs384: .sha384
        case .hs512: .sha512
        case .rs256, .rs512, .es256: nil
        }
    }
}
