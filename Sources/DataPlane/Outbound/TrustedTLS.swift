// TLS for what the gateway asks on its own account, by plugins or probes: of servers that must show who they are, and
// of those that need not.

import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The TLS configurations of a worker for plugins and probes, made when they are needed: reading the trusted roots
/// takes time, so that it is done on a thread that may wait.
package final class TrustedTLS: Sendable {
    private let authorities: [NIOSSLCertificate]?
    private let made = Mutex<[Bool: NIOSSLContext]>([:])

    /// - Parameter authorities: who is trusted; nil for those that the system trusts.
    package init(trusting authorities: [NIOSSLCertificate]? = nil) {
        self.authorities = authorities
    }

    /// Calls `done` on the event loop, which must be the one that this is called on: at once, or when it is made.
    func context(
        verifying: Bool, on loop: any EventLoop, _ done: @escaping (Result<NIOSSLContext, any Error>) -> Void
    ) {
        if let known = made.withLock({ $0[verifying] }) { return done(.success(known)) }
        NIOSingletons.posixBlockingThreadPool.runIfActive(eventLoop: loop) {
            try self.context(verifying: verifying)
        }
        .assumeIsolated().whenComplete(done)
    }

    private func context(verifying: Bool) throws -> NIOSSLContext {
        if let known = made.withLock({ $0[verifying] }) { return known }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !verifying {
            configuration.certificateVerification = .none
            configuration.minimumTLSVersion = .tlsv1
            configuration.trustRoots = .certificates([])
        } else if let authorities {
            configuration.trustRoots = .certificates(authorities)
        }
        let context = try NIOSSLContext(configuration: configuration)
        made.withLock { $0[verifying] = context }
        return context
    }
}
