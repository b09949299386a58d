// The upstream's end of a stream: hands everything that happens there to the client's end.

import NIOCore

final class StreamUpstream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private weak var stream: StreamConnection?

    init(_ stream: StreamConnection) {
        self.stream = stream
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        stream?.upstreamRead(unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { stream?.upstreamEnded() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stream?.upstreamWritable(context.channel.isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stream?.upstreamClosed(context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
