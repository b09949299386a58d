// An HTTP/2 connection with a client: the channel's handler around the session that knows the protocol. It gives every
// request a stream with a ClientConnection, and sends what all of them have written once for each turn of the event
// loop. Counts, idle time and the end by GOAWAY are the connection's own.

import NIOCore
import PluginKit
import Wire

final class HTTP2Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How far the end of the connection has come (RFC 9113, section 6.8).
    private enum Ending {
        case none
        /// The client knows that an end comes; what it sent before it knew is still served.
        case announced
        /// The client knows which streams are the last.
        case final
        /// Everything is said; what the client still sends is thrown away.
        case closing
    }

    let loop: LoopContext
    let listener: ListenerFacts
    let facts: ForwardedFacts
    let serial: UInt64
    let serverAddress: [UInt8]
    var session: HTTP2Session
    /// By the session's slots.
    private var streams: [HTTP2Stream?] = []
    private let spares: SpareStreams
    /// Streams that are to be let go when nobody is in the middle of a call.
    private var leaving: [HTTP2Stream] = []
    /// The beginning of a frame whose rest has still to come.
    private var received = ByteBuffer()
    private let timer = WheelTimer()
    private var context: ChannelHandlerContext?
    private var ending = Ending.none
    private var isWaiting: Bool
    private var requests = 0
    private var isReading = false
    private var isHoldingReads = false
    private var isFlushDue = false
    private var isFlushing = false
    /// What is called for the rest of a turn; made once.
    private var flushTask: (@Sendable () -> Void)?

    /// Bytes that are gathered before they are sent, and the largest buffer that is kept for the next ones.
    private static let batchBytes = 64 << 10

    private init(_ connection: ClientConnection) {
        loop = connection.loop
        listener = connection.listener
        facts = connection.facts
        serial = connection.exchange.connectionSerial
        serverAddress = connection.exchange.serverAddress
        isWaiting = connection.isWaiting
        spares = connection.loop.spareStreams(of: connection.listener)
        session = HTTP2Session(limits: connection.limits.http2)
        timer.belong(to: self)
    }

    /// Puts HTTP/2 in the place of a connection that has not begun to read. Its counts go over.
    static func takeOver(_ connection: ClientConnection, _ context: ChannelHandlerContext) throws {
        let made = HTTP2Connection(connection)
        let pipeline = context.pipeline.syncOperations
        guard connection.handOver(to: made) else { return context.close(promise: nil) }
        pipeline.removeHandler(connection, promise: nil)
        try pipeline.addHandler(made, position: .last)
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let task = NIOLoopBound(WeakConnection(self), eventLoop: loop.loop)
        flushTask = { task.value.connection?.flush() }
        session.start()
        if loop.isDraining { drain() } else { armIdleTimer() }
        flush()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.unregister(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer.cancel()
        stopWaiting()
        loop.statistics.active.bump(-1)
        endStreams()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        isReading = true
        session.now = TimerWheel.monotonicMilliseconds()
        if received.readableBytes > 0 {
            received.writeBuffer(&buffer)
            buffer = received
            received = ByteBuffer()
        }
        buffer.moveReaderIndex(forwardBy: take(buffer))
        if buffer.readableBytes > 0 { received = buffer }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        session.isBlocked = !context.channel.isWritable
        if !session.isBlocked, !isFlushing { flushSoon() }
    }

    // MARK: - Frames

    /// Does what the frames in `bytes` ask for; how many bytes were used.
    private func take(_ bytes: ByteBuffer) -> Int {
        let span = bytes.readableBytesUInt8Span
        var offset = 0
        while true {
            switch session.next(span, at: &offset, into: &loop.headerScratch.fields) {
            case .needMore: return offset
            case .none, .windowsOpened: break
            case .request(let slot, let endsStream): begin(slot, endsStream)
            case .data(let slot, let range, let endsStream):
                let part = bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count)
                take(part ?? ByteBuffer(), on: slot, endsStream)
            case .trailers(let slot): take(ByteBuffer(), on: slot, true)
            case .reset(let slot): ended(slot, isOver: true)
            case .endingConfirmed: nameLastStream()
            case .failed: return bytes.readableBytes
            }
        }
    }

    private func begin(_ slot: Int, _ endsStream: Bool) {
        requests += 1
        stopWaiting()
        if ending == .none { timer.cancel() }
        let limit = loop.configuration.limits.http2.requests
        if limit > 0, requests >= limit { end() }
        let stream = spares.stack.popLast() ?? HTTP2Stream(loop: loop, listener: listener)
        let message = StreamHead.write(
            loop.headerScratch.fields, endsStream: endsStream, to: &stream.connection.exchange.request.bytes)
        guard let message, message.contentLength.map({ session.expect($0, of: slot) }) ?? true else {
            stream.connection.exchange.request.bytes.clear()
            spares.stack.append(stream)
            _ = session.resetStream(slot, .protocolError)
            return
        }
        while streams.count <= slot { streams.append(nil) }
        streams[slot] = stream
        stream.begin(self, slot, message, endsStream: endsStream)
    }

    private func take(_ data: ByteBuffer, on slot: Int, _ endsStream: Bool) {
        guard slot < streams.count, let stream = streams[slot] else { return }
        stream.take(data, endsStream: endsStream)
        if endsStream, streams[slot] === stream, !session.isOpen(slot) { ended(slot) }
    }

    /// The stream in that slot has ended. `isOver` says that it did so before its time.
    func ended(_ slot: Int, isOver: Bool = false) {
        guard slot < streams.count, let stream = streams[slot] else { return }
        streams[slot] = nil
        stream.streamEnded(isOver: isOver)
    }

    /// The stream needs its connection no longer.
    func leaving(_ stream: HTTP2Stream) {
        leaving.append(stream)
        flushSoon()
    }

    private func endStreams() {
        for stream in streams { stream?.streamEnded(isOver: true) }
        streams = []
        letGo()
    }

    private func letGo() {
        while let stream = leaving.popLast() {
            guard stream.left(), spares.stack.count < SpareStreams.most else { continue }
            spares.stack.append(stream)
        }
    }

    // MARK: - Sending

    /// Sees to it that what is written is sent at the end of the event loop's turn.
    func flushSoon() {
        guard !isReading, !isFlushDue, !isFlushing, let flushTask else { return }
        isFlushDue = true
        loop.loop.execute(flushTask)
    }

    private func flush() {
        isFlushDue = false
        isFlushing = true
        defer { isFlushing = false }
        repeat {
            letGo()
            pump()
            guard let context, session.out.readableBytes > 0 else { break }
            context.send(session.out)
            if session.out.capacity > Self.batchBytes { session.out = ByteBuffer() } else { session.out.clear() }
        } while true
        settle()
    }

    /// Has the streams that wait write in turns.
    private func pump() {
        while session.out.readableBytes < Self.batchBytes {
            switch session.pump() {
            case .idle: return
            case .wrote(let slot, hasEnded: true): ended(slot)
            case .wrote(let slot, hasEnded: false): streams[slot]?.progressed()
            case .trailersDue(let slot): streams[slot]?.writeTrailers()
            }
        }
    }

    /// What follows from what was sent.
    private func settle() {
        guard let context, ending != .closing else { return }
        if session.isOver || ending == .final && session.openCount == 0 { return closeAfterWrites(context) }
        if isHoldingReads != session.isBlocked {
            // A client that does not read what it asked for is not read either, else its answers would fill the memory.
            isHoldingReads = session.isBlocked
            context.holdReads(isHoldingReads)
        }
        guard session.openCount == 0, !isWaiting, context.channel.isActive else { return }
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
        session.announceEnd()
        loop.timers.arm(timer, afterMilliseconds: loop.configuration.limits.drainMilliseconds)
        flushSoon()
    }

    /// By now the client has read the announcement, or had the time to.
    private func nameLastStream() {
        guard ending == .announced else { return }
        ending = .final
        timer.cancel()
        session.nameLastStream()
        flushSoon()
    }
}

// MARK: - Closing

extension HTTP2Connection {
    /// Closes our side when everything is written. The client is read on for a while: a reset would destroy what it
    /// has not read yet.
    private func closeAfterWrites(_ context: ChannelHandlerContext) {
        ending = .closing
        session.isOver = true
        endStreams()
        if isHoldingReads { context.holdReads(false) }
        loop.timers.arm(timer, afterMilliseconds: loop.configuration.limits.sendMilliseconds)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.everythingIsSent() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    private func everythingIsSent() {
        let limits = loop.configuration.limits
        let time = limits.lingeringMilliseconds
        loop.timers.arm(timer, afterMilliseconds: loop.isDraining ? min(time, limits.drainMilliseconds) : time)
        context?.close(mode: listener.isTLS ? .all : .output, promise: nil)
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
        case .closing: context?.close(promise: nil)
        }
    }
}

/// Lets a task that comes late find that its connection is gone.
private final class WeakConnection {
    weak var connection: HTTP2Connection?

    init(_ connection: HTTP2Connection) {
        self.connection = connection
    }
}
