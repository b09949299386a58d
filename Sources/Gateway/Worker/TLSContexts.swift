// TLS configurations, made once at start.

import NIOCore
import NIOSSL

enum TLSContexts {
    /// For a listener with that certificate. Kong 1.1.2 takes TLS 1.1 to 1.3; 1.1 only with ciphers that allow it.
    static func server(_ files: CertificateFiles?, _ settings: Settings) throws -> NIOSSLContext? {
        guard let files else { return nil }
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = settings.sslCiphers
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }

    /// For connections to https upstreams, whose certificates Kong never verifies.
    static func upstream(_ settings: Settings) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = ["http/1.1"]
        if let files = settings.clientCertificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(files.certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
