// Accepts streams from the sockets that the master process holds.

import NIOCore
import NIOPosix

/// A listening socket for streams, served by one event loop.
package enum StreamListener {
    /// Starts to accept on a bound socket. The returned channel stops accepting when it is closed.
    ///
    /// - Throws: what the system says if the descriptor is no listening socket.
    package static func start(descriptor: Int32, facts: StreamListenerFacts, on context: NIOLoopBound<LoopContext>)
        -> EventLoopFuture<any Channel>
    {
        ServerBootstrap(group: context.eventLoop, childGroup: context.eventLoop)
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let connection = StreamConnection(loop: context.value, facts: facts)
                    if facts.proxyProtocol {
                        let limit = context.value.configuration.limits.proxyHeaderBytes
                        try pipeline.addHandler(ProxyGate(connection, maxBytes: limit))
                    }
                    try pipeline.addHandler(connection)
                }
            }
            .withBoundSocket(descriptor)
            .map { channel in
                Listener.lengthenQueue(descriptor)
                return channel
            }
    }
}
