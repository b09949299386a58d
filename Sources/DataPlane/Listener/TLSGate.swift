// The first bytes of a connection to a TLS port decide: a TLS handshake goes on encrypted, plain HTTP is answered with
// nginx's 400 instead of a broken handshake.

import NIOCore
import NIOSSL

final class TLSGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// The record type of a TLS handshake (RFC 8446, section 5.1).
    private static let handshakeRecord: UInt8 = 22

    private let loop: LoopContext
    private let listener: ListenerFacts
    private let tls: NIOSSLContext

    init(loop: LoopContext, listener: ListenerFacts, tls: NIOSSLContext) {
        self.loop = loop
        self.listener = listener
        self.tls = tls
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        guard let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return }
        let connection = ClientConnection(loop: loop, listener: listener)
        do {
            let pipeline = context.pipeline.syncOperations
            if first == Self.handshakeRecord {
                try pipeline.addHandler(NIOSSLServerHandler(context: tls))
            } else {
                connection.refusesAsPlain = true
            }
            try pipeline.addHandler(connection)
            context.fireChannelRead(data)
            context.fireChannelReadComplete()
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
