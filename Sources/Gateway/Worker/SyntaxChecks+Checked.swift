// Checks of texts in foreign languages with the libraries that will use them: what the Admin API takes can be served.

import DataPlane
import NIOSSL
import Schema
import SwiftASN1
import X509

extension SyntaxChecks {
    /// Checks with the libraries that will use the texts.
    static var checked: SyntaxChecks {
        var checks = SyntaxChecks()
        checks.regexError = { RegexSyntax.fault(in: $0) }
        checks.luaError = { LuaSyntax.fault(in: $0) }
        checks.certificateError = { PEMCheck.certificateFault($0) }
        checks.privateKeyError = { PEMCheck.privateKeyFault($0) }
        checks.publicKeyError = { PEMCheck.publicKeyFault($0) }
        checks.isPair = { PEMCheck.isPair($0, $1) }
        return checks
    }
}

/// Certificates and keys as PEM (RFC 7468). Each check returns what is wrong, or nil.
private enum PEMCheck {
    static func certificateFault(_ pem: String) -> String? {
        if let fault = formFault(pem, of: "CERTIFICATE") { return fault }
        let chain = try? NIOSSLCertificate.fromPEMBytes(Array(pem.utf8))
        return chain?.isEmpty == false ? nil : "the PEM block holds no certificate"
    }

    static func privateKeyFault(_ pem: String) -> String? {
        if let fault = formFault(pem, of: "PRIVATE KEY") { return fault }
        let key = try? NIOSSLPrivateKey(bytes: Array(pem.utf8), format: .pem)
        return key == nil ? "the PEM block holds no private key" : nil
    }

    static func publicKeyFault(_ pem: String) -> String? {
        if let fault = formFault(pem, of: "PUBLIC KEY") { return fault }
        let key = try? X509.Certificate.PublicKey(pemEncoded: pem)
        return key == nil ? "the PEM block holds no public key" : nil
    }

    /// OpenSSL's words for a text without a block of that kind.
    private static func formFault(_ pem: String, of kind: Substring) -> String? {
        let isThere = pem.split(whereSeparator: \.isNewline).contains { line in
            line.hasPrefix("-----BEGIN ") && line.contains(kind + "-----")
        }
        return isThere ? nil : "no start line"
    }

    /// Whether the library would do a handshake with them.
    static func isPair(_ certificate: String, _ key: String) -> Bool {
        (try? TLSIdentity(certificate: certificate, key: key, policy: TLSPolicy())) != nil
    }
}
