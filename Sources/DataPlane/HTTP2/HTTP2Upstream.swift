// A connection to an upstream that speaks HTTP/2: many requests at once, each on a stream with an UpstreamConnection
// of its own.

import NIOCore
import NIOHTTP2

final class HTTP2Upstream: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    let key: UpstreamKey
    private let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private var streams: NIOHTTP2Handler.StreamMultiplexer?
    /// Who waits for the connection to be made.
    private var waiting: [(Result<Void, any Error>) -> Void] = []
    private var capacity = HTTP2Upstream.usualCapacity
    private var openStreams = 0
    private var isEnding = false
    private var lastTaken: HTTP2StreamID?
    private(set) var idleSince: Int64 = 0

    /// Streams that may be opened before the upstream says how many (RFC 9113, section 6.5.2).
    private static let usualCapacity = 100
    private static let windowBytes = 1 << 20

    init(key: UpstreamKey, pool: UpstreamPool) {
        self.key = key
        self.pool = pool
    }

    /// The handlers of a new connection, behind those of TLS.
    func handlers(on loop: any EventLoop) -> [any ChannelHandler] {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .initialWindowSize, value: 64 << 10),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 64 << 10),
        ]
        connection.targetWindowSize = Self.windowBytes
        connection.maximumSequentialEmptyDataFrames = 1000
        connection.controlFrameRateLimit.maximumCount = 10_000
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.targetWindowSize = 64 << 10
        stream.outboundBufferSizeHighWatermark = 64 << 10
        stream.outboundBufferSizeLowWatermark = 32 << 10
        stream.streamResetFrameRateLimit.maximumCount = 10_000
        let frames = NIOHTTP2Handler(
            mode: .client, eventLoop: loop, connectionConfiguration: connection, streamConfiguration: stream
        ) { channel in
            // Nothing is to be pushed.
            channel.close()
        }
        return [FrameWatch(), frames, self]
    }

    // MARK: - For the pool

    /// Whether another request may go this way.
    var takesMore: Bool { !isEnding && openStreams < capacity }

    var isIdle: Bool { openStreams == 0 && waiting.isEmpty }

    /// Opens a stream, when the connection is made.
    func open(_ done: @escaping (Result<UpstreamConnection, any Error>) -> Void) {
        openStreams += 1
        guard streams == nil else { return openNow(done) }
        waiting.append { [weak self] result in
            switch result {
            case .success: self?.openNow(done)
            case .failure(let error): done(.failure(error))
            }
        }
    }

    /// The connection is made, or could not be.
    func connected(_ result: Result<NIOHTTP2Handler.StreamMultiplexer, any Error>) {
        let callers = waiting
        waiting = []
        switch result {
        case .success(let made): streams = made
        case .failure:
            isEnding = true
            pool.forget(self)
        }
        for caller in callers { caller(result.map { _ in () }) }
    }

    private func openNow(_ done: @escaping (Result<UpstreamConnection, any Error>) -> Void) {
        guard let streams, let context, !isEnding else {
            openStreams -= 1
            return done(.failure(ChannelError.ioOnClosedChannel))
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let promise = context.eventLoop.makePromise(of: (any Channel).self)
        streams.createStreamChannel(promise: promise) { channel in
            channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel) }
        }
        promise.futureResult.assumeIsolated().whenComplete { result in
            done(
                result.flatMap { channel in
                    Result { try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) }
                })
        }
    }

    private func prepare(_ channel: any Channel) throws {
        let connection = pool.makeConnection(key)
        try channel.pipeline.syncOperations.addHandlers([UpstreamCodec(connection, of: self), connection])
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.closeFuture.assumeIsolated().whenComplete { _ in bound.value.streamClosed() }
    }

    /// Whether a stream was left alone by an upstream that ends the connection.
    func didNotTake(_ stream: HTTP2StreamID) -> Bool {
        lastTaken.map { stream > $0 } ?? false
    }

    func close() {
        isEnding = true
        context?.close(promise: nil)
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data).payload {
        case .settings(.settings(let settings)):
            for setting in settings where setting.parameter == .maxConcurrentStreams { capacity = setting.value }
        case .goAway(let last, _, _):
            lastTaken = last
            end()
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        streams = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    /// No more requests go this way; those under way may finish.
    private func end() {
        isEnding = true
        pool.forget(self)
        if openStreams == 0 { close() }
    }

    private func streamClosed() {
        openStreams -= 1
        guard openStreams == 0 else { return }
        idleSince = TimerWheel.monotonicMilliseconds()
        if isEnding { close() }
    }
}
