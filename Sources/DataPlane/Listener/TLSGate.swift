// The first bytes of a connection to a TLS port decide: a TLS handshake goes on with the certificate of the name that
// the client asks for, plain HTTP is answered with nginx's 400 instead of a broken handshake.

import NIOCore
import NIOSSL

/// Stands before the connection until TLS does. The connection's own limits and timers hold from the start, so that
/// clients that say nothing end like those that send no request.
final class TLSGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ClientConnection
    private let identity: TLSIdentity
    private var received = ByteBuffer()

    /// - Parameter identity: shown to clients that ask for no name, or for an unknown one.
    init(_ connection: ClientConnection, identity: TLSIdentity) {
        self.connection = connection
        self.identity = identity
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        guard received.readableBytes > 0 else { return }
        let offer = connection.listener.offer
        switch ClientHello.read(Array(received.readableBytesView)) {
        case .needMore: break
        case .complete(let hello):
            connection.facts.tls?.serverName = hello.serverName
            pass(context, chosen(for: hello).context(offer, for: hello))
        case .invalid:
            let isTLS = received.readableBytesView.first == ClientHello.handshakeRecord
            pass(context, isTLS ? identity.context(offer, for: nil) : nil)
        }
    }

    /// The Admin API has one certificate, whatever the name.
    private func chosen(for hello: ClientHello) -> TLSIdentity {
        guard connection.listener.isProxy, let name = hello.serverName else { return identity }
        return connection.loop.currentSnapshot().serverNames.identity(for: name) ?? identity
    }

    /// Lets the connection begin: encrypted, or as plain HTTP, which is refused.
    private func pass(_ context: ChannelHandlerContext, _ tls: NIOSSLContext?) {
        let pipeline = context.pipeline.syncOperations
        do {
            if let tls {
                try pipeline.addHandler(NIOSSLServerHandler(context: tls), position: .after(self))
                // The last one added stands nearest to the network.
                if let facts = connection.facts.tls {
                    try pipeline.addHandler(ServerHelloTap(facts), position: .after(self))
                }
            } else {
                connection.refusesAsPlain = true
            }
            context.fireChannelRead(wrapInboundOut(received))
            context.fireChannelReadComplete()
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
