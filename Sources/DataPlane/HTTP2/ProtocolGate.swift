// Which HTTP a connection speaks, where both are offered: the client's choice in the TLS handshake says so, and
// without TLS the first bytes, since an HTTP/2 connection begins with a fixed text.

import NIOCore
import NIOTLS

/// Stands before the connection until it is known. The connection's own limits and timers hold from the start.
final class ProtocolGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ClientConnection
    private var received = ByteBuffer()

    init(_ connection: ClientConnection) {
        self.connection = connection
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted(let name)) = event as? TLSUserEvent {
            if name == "h2" { beginHTTP2(context) } else { beginHTTP1(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        // A TLS port reads no bytes of a request before its handshake; plain HTTP there is refused.
        guard !connection.listener.isTLS else {
            received.writeImmutableBuffer(buffer)
            return beginHTTP1(context)
        }
        received.writeImmutableBuffer(buffer)
        let bytes = received
        switch Preface.compare(bytes.readableBytesUInt8Span) {
        case .needMore: break
        case .same: beginHTTP2(context)
        case .different: if Preface.mayBeHTTP1(received) { beginHTTP1(context) } else { beginHTTP2(context) }
        }
    }

    private func beginHTTP1(_ context: ChannelHandlerContext) {
        pass(context)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func beginHTTP2(_ context: ChannelHandlerContext) {
        do {
            try HTTP2Connection.takeOver(connection, context)
            pass(context)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    private func pass(_ context: ChannelHandlerContext) {
        guard received.readableBytes > 0 else { return }
        context.fireChannelRead(wrapInboundOut(received))
        context.fireChannelReadComplete()
    }
}

/// The text that an HTTP/2 connection begins with (RFC 9113, section 3.4).
enum Preface {
    enum Outcome {
        case needMore, same, different
    }

    private static let text = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let byteCount = text.count

    static func compare(_ received: Span<UInt8>) -> Outcome {
        let count = min(received.count, text.count)
        for index in 0..<count where received[index] != text[index] { return .different }
        return count == text.count ? .same : .needMore
    }

    /// Whether what is no preface may be the beginning of an HTTP/1 request. Whole lines without a word of HTTP/1 are
    /// a preface gone wrong, to be answered in HTTP/2.
    static func mayBeHTTP1(_ received: ByteBuffer) -> Bool {
        let bytes = received.readableBytesView.prefix(longestLook)
        guard bytes.contains(UInt8(ascii: "\n")) else { return true }
        return bytes.indices.contains { bytes[$0...].starts(with: version) }
    }

    private static let version = Array("HTTP/1.".utf8)
    private static let longestLook = 8 << 10
}
