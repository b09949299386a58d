// TLS as kong.conf asks for it. Made once at start; the certificates of the configuration come with its snapshots.

import DataPlane
import NIOSSL

enum TLSContexts {
    /// The certificate of a listener, for clients that ask for no other.
    static func server(_ files: CertificateFiles?, _ settings: Settings) throws -> TLSIdentity? {
        guard let files else { return nil }
        return try TLSIdentity(
            certificate: try TextFile.read(files.certificate), key: try TextFile.read(files.key),
            policy: policy(settings))
    }

    /// The versions and ciphers for clients.
    ///
    /// Mozilla's modern and intermediate recommendations have moved on since Kong 1.1: both are now TLS 1.2 and later
    /// with ciphers that keep past sessions secret. `old` and `custom` take TLS 1.1 too, as Kong does, where a cipher
    /// is named that it can use. nginx's `ssl_protocols`, injected, overrides the versions.
    static func policy(_ settings: Settings) -> TLSPolicy {
        var policy = TLSPolicy()
        let ciphers = CipherList.ciphers(of: settings.sslCiphers)
        switch settings.cipherSuite {
        case .modern, .intermediate: policy.ciphers = ciphers.filter(\.isRecommended)
        case .old, .custom:
            policy.ciphers = ciphers
            if ciphers.contains(where: \.worksBeforeTLS12) { policy.minimumVersion = .tlsv11 }
        }
        if settings.offersHTTP2 { policy.offers.insert(.http2) }
        if !settings.streamListeners.isEmpty { policy.offers.insert(.none) }
        if let names = settings.directive("ssl_protocols", in: .proxy) { limit(&policy, to: names) }
        return policy
    }

    /// Takes the versions over from nginx's notation; those between the lowest and the highest are always taken too.
    private static func limit(_ policy: inout TLSPolicy, to names: String) {
        let known: [(Substring, TLSVersion)] = [
            ("TLSv1", .tlsv1), ("TLSv1.1", .tlsv11), ("TLSv1.2", .tlsv12), ("TLSv1.3", .tlsv13),
        ]
        let wanted = names.split(separator: " ")
        let versions = known.filter { wanted.contains($0.0) }.map(\.1)
        guard let lowest = versions.first, let highest = versions.last else { return }
        (policy.minimumVersion, policy.maximumVersion) = (lowest, highest)
    }

    /// Who is trusted where the gateway verifies certificates; nil for whom the system trusts.
    static func authorities(_ settings: Settings) throws -> [NIOSSLCertificate]? {
        try settings.trustedCertificates.map { try NIOSSLCertificate.fromPEMFile($0) }
    }

    /// For connections to https upstreams, whose certificates Kong never verifies. Upstreams may be old: whatever they
    /// speak is better than no connection.
    static func upstream(_ settings: Settings, protocols: [String] = ["http/1.1"]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.minimumTLSVersion = .tlsv1
        configuration.cipherSuites = TLSCipher.all.map(\.name).joined(separator: ":")
        configuration.applicationProtocols = protocols
        if let files = settings.clientCertificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}

extension Settings {
    fileprivate var cipherSuite: CipherSuite { text("ssl_cipher_suite").flatMap(CipherSuite.init) ?? .custom }
}
