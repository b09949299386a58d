// An HTTP/2 connection with a client. NIO's handler before it reads the frames and gives every stream a channel of its
// own, on which a ClientConnection serves one request; this handler is what is left for the connection as a whole:
// counts, idle time, and the end by GOAWAY.

import NIOCore
import NIOHTTP2
import PluginKit

final class HTTP2Connection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// How far the end of the connection has come (RFC 9113, section 6.8).
    private enum Ending {
        case none
        /// The client knows that an end comes; what it sent before it knew is still served.
        case announced
        /// The client knows which streams are the last.
        case final
    }

    let loop: LoopContext
    let listener: ListenerFacts
    let facts: ForwardedFacts
    let serial: UInt64
    let serverAddress: [UInt8]
    private let watch = FrameWatch()
    private let timer = WheelTimer()
    private var context: ChannelHandlerContext?
    private var isWaiting: Bool
    private var ending = Ending.none
    private var openStreams = 0
    private var streams = 0
    private var lastStream = HTTP2StreamID.rootStream

    private static let endingPing = HTTP2PingData(withInteger: 0x6769_6262_6f6e)

    private init(_ connection: ClientConnection) {
        loop = connection.loop
        listener = connection.listener
        facts = connection.facts
        serial = connection.exchange.connectionSerial
        serverAddress = connection.exchange.serverAddress
        isWaiting = connection.isWaiting
        timer.belong(to: self)
    }

    /// Puts HTTP/2 in the place of a connection that has not begun to read. Its counts go over.
    static func takeOver(_ connection: ClientConnection, _ context: ChannelHandlerContext) throws {
        let made = HTTP2Connection(connection)
        let pipeline = context.pipeline.syncOperations
        let limits = connection.limits.http2
        let bound = NIOLoopBound(made, eventLoop: context.eventLoop)
        let frames = NIOHTTP2Handler(
            mode: .server, eventLoop: context.eventLoop, connectionConfiguration: limits.connection,
            streamConfiguration: limits.stream, streamDelegate: StreamCount(connection: bound)
        ) { channel in
            channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel) }
        }
        guard connection.handOver(to: made) else { return context.close(promise: nil) }
        pipeline.removeHandler(connection, promise: nil)
        try pipeline.addHandlers([made.watch, frames, made], position: .last)
        if made.ending == .none { made.armIdleTimer() }
    }

    private func prepare(_ channel: any Channel) throws {
        let connection = ClientConnection(loop: loop, listener: listener, carrier: self)
        try channel.pipeline.syncOperations.addHandlers([StreamCodec(connection), connection])
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if loop.isDraining { drain() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.unregister(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer.cancel()
        stopWaiting()
        loop.statistics.active.bump(-1)
    }

    /// Frames of the connection as a whole; NIO has acted upon them already.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .ping(Self.endingPing, ack: true) = unwrapInboundIn(data).payload else { return }
        nameLastStream()
    }

    /// Faults of streams and of the connection are NIO's to answer; `FrameWatch` ends the connection, and learns here
    /// of header blocks on streams whose request has ended.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let state = (error as? NIOHTTP2Errors.BadStreamStateTransition)?.fromState
        if state == .halfClosedRemoteLocalIdle || state == .halfClosedRemoteLocalActive { watch.nameClosedStream() }
    }

    // MARK: - Streams

    fileprivate func streamOpened(_ stream: HTTP2StreamID) {
        openStreams += 1
        streams += 1
        lastStream = max(lastStream, stream)
        stopWaiting()
        if ending == .none { timer.cancel() }
        let limit = loop.configuration.limits.http2.requests
        if limit > 0, streams >= limit { end() }
    }

    fileprivate func streamClosed() {
        openStreams -= 1
        guard openStreams == 0, let context else { return }
        guard ending != .final else { return closeLater(context) }
        guard context.channel.isActive else { return }
        isWaiting = true
        loop.statistics.waiting.bump()
        if ending == .none { armIdleTimer() }
    }

    private func stopWaiting() {
        guard isWaiting else { return }
        isWaiting = false
        loop.statistics.waiting.bump(-1)
    }

    private func armIdleTimer() {
        loop.timers.arm(timer, afterMilliseconds: loop.configuration.limits.http2.idleMilliseconds)
    }

    // MARK: - The end

    /// Tells the client that the connection ends. Streams that it opens before it can know that are served.
    private func end() {
        guard ending == .none else { return }
        ending = .announced
        watch.announceEnd()
        send(.ping(Self.endingPing, ack: false))
        loop.timers.arm(timer, afterMilliseconds: loop.configuration.limits.drainMilliseconds)
    }

    /// By now the client has read the announcement, or had the time to.
    private func nameLastStream() {
        guard ending == .announced, let context else { return }
        ending = .final
        timer.cancel()
        send(.goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil))
        if openStreams == 0 { closeLater(context) }
    }

    private func send(_ payload: HTTP2Frame.FramePayload) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: payload)), promise: nil)
    }

    /// The last frames of the last stream are not flushed yet when it is told closed.
    private func closeLater(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.close(promise: nil) }
    }
}

extension HTTP2Connection: Drainable {
    func drain() {
        end()
    }

    func cutOff() {
        context?.close(promise: nil)
    }
}

extension HTTP2Connection: TimerOwner {
    func timerFired() {
        switch ending {
        case .none: end()
        case .announced: nameLastStream()
        case .final: break
        }
    }
}

/// Tells a connection of its streams.
private struct StreamCount: NIOHTTP2StreamDelegate {
    let connection: NIOLoopBound<HTTP2Connection>

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
        connection.value.streamOpened(id)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        connection.value.streamClosed()
    }
}
