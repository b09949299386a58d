// Tries the certificate files of the configuration before a node starts with them.

import NIOSSL

extension CertificateFiles {
    /// Why TLS could not be done with these files; nil when it can.
    var fault: String? {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            guard !chain.isEmpty else { return "cannot load certificate \"\(certificate)\": no certificate in it" }
            let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
            let configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
            _ = try NIOSSLContext(configuration: configuration)
            return nil
        } catch {
            return "cannot load certificate \"\(certificate)\" with key \"\(key)\": \(error)"
        }
    }
}
