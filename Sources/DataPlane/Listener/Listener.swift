// Accepts connections from the sockets that the master process holds.

import Glibc
import NIOCore
import NIOPosix

/// A listening socket served by one event loop.
package enum Listener {
    /// Starts to accept on a bound socket. The returned channel stops accepting when it is closed.
    ///
    /// - Throws: what the system says if the descriptor is no listening socket.
    package static func start(descriptor: Int32, facts: ListenerFacts, on context: NIOLoopBound<LoopContext>)
        -> EventLoopFuture<any Channel>
    {
        let loop = context.eventLoop
        return ServerBootstrap(group: loop, childGroup: loop)
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let connection = ClientConnection(loop: context.value, listener: facts)
                    if facts.proxyProtocol {
                        let limit = context.value.configuration.limits.proxyHeaderBytes
                        try pipeline.addHandler(ProxyGate(connection, maxBytes: limit))
                    }
                    if let tls = facts.tls {
                        try pipeline.addHandler(TLSGate(connection, identity: tls))
                    }
                    if facts.offer == .http2 { try pipeline.addHandler(ProtocolGate(connection)) }
                    try pipeline.addHandler(connection)
                }
            }
            .withBoundSocket(descriptor)
            .map { channel in
                lengthenQueue(descriptor)
                return channel
            }
    }

    /// NIO listens anew with its own short queue before any option counts; a burst would wait for
    /// SYNs to be sent again.
    static func lengthenQueue(_ descriptor: Int32) {
        listen(descriptor, queueLength)
    }

    /// Connections that may wait to be accepted.
    private static let queueLength: Int32 = 4096
}
