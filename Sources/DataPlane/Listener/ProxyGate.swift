// Takes the PROXY protocol's header off the front of a connection, before TLS and everything else. The connection's own
// timer holds from the start, so that a balancer that says nothing ends like a client that sends no request.

import NIOCore

/// A connection that a balancer may introduce.
protocol ProxiedConnection: AnyObject {
    /// Told once, before the connection's first bytes.
    func introduced(by header: ProxyHeader)
    /// What came is no header; the connection is closed.
    func headerIsBroken(_ start: String)
}

/// Stands first until the header is read, and lets everything pass after it.
final class ProxyGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum State {
        case reading, passing, broken
    }

    private let connection: any ProxiedConnection
    private let maxBytes: Int
    private var received = ByteBuffer()
    private var state = State.reading

    init(_ connection: any ProxiedConnection, maxBytes: Int) {
        self.connection = connection
        self.maxBytes = maxBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .passing: context.fireChannelRead(data)
        case .broken: break
        case .reading:
            received.writeImmutableBuffer(unwrapInboundIn(data))
            read(context)
        }
    }

    private func read(_ context: ChannelHandlerContext) {
        let bytes = Array(received.readableBytesView.prefix(maxBytes))
        switch ProxyHeader.read(bytes, maxBytes: maxBytes) {
        case .needMore: break
        case .invalid:
            state = .broken
            connection.headerIsBroken(String(decoding: bytes.prefix(ProxyHeader.maxLineBytes), as: UTF8.self))
            context.close(promise: nil)
        case .complete(let header, let byteCount):
            state = .passing
            connection.introduced(by: header)
            received.moveReaderIndex(forwardBy: byteCount)
            if received.readableBytes > 0 {
                context.fireChannelRead(wrapInboundOut(received))
                context.fireChannelReadComplete()
            }
            received = ByteBuffer()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }
}
