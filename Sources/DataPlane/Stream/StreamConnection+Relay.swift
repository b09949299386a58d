// The third stage of a stream: bytes both ways. Each side is read only as fast as the other takes it, and the end of
// one side is told to the other, which may still have something to say.

import NIOCore

extension StreamConnection {
    func beginRelay(_ channel: any Channel) {
        phase = .relaying
        upstream = channel
        armRelayTimer()
        if received.readableBytes > 0 { sendToUpstream(received) }
        received = ByteBuffer()
        if clientHasEnded { endUpstream() }
        holdReads(!channel.isWritable)
    }

    func sendToUpstream(_ buffer: ByteBuffer) {
        guard let upstream else { return }
        upstream.writeAndFlush(buffer, promise: nil)
        if !upstream.isWritable { holdReads(true) }
        armRelayTimer()
    }

    func upstreamRead(_ buffer: ByteBuffer) {
        guard phase == .relaying, let context else { return }
        bytesSent += buffer.readableBytes
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        if !context.channel.isWritable { holdUpstream(true) }
        armRelayTimer()
    }

    func upstreamWritable(_ isWritable: Bool) {
        guard phase == .relaying else { return }
        holdReads(!isWritable)
        armRelayTimer()
    }

    func holdUpstream(_ hold: Bool) {
        try? upstream?.syncOptions?.setOption(.autoRead, value: !hold)
        if !hold { upstream?.read() }
    }

    // MARK: - Ends

    func clientEnded() {
        guard !clientHasEnded, phase != .closed else { return }
        clientHasEnded = true
        switch phase {
        case .preread where received.readableBytes > 0 && !facts.isTLS: choose()
        case .preread, .handshake: finish(status: 400)
        case .relaying: endUpstream()
        case .connecting, .closed: break
        }
    }

    private func endUpstream() {
        if upstreamHasEnded { return finish(status: 200) }
        if let upstream { Self.endAfterWrites(upstream) }
    }

    func upstreamEnded() {
        guard phase == .relaying, !upstreamHasEnded else { return }
        upstreamHasEnded = true
        if clientHasEnded { return finish(status: 200) }
        if let context { Self.endAfterWrites(context.channel) }
    }

    /// The upstream's connection is gone altogether.
    func upstreamClosed(_ channel: any Channel) {
        guard phase == .relaying, upstream === channel else { return }
        upstream = nil
        finish(status: 200)
    }

    private static func endAfterWrites(_ channel: any Channel) {
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(mode: .output, promise: nil) }
    }

    // MARK: - Time

    /// read_timeout is the time in which neither side says anything, write_timeout that in which the upstream takes
    /// nothing.
    func armRelayTimer() {
        let isBlocked = upstream?.isWritable == false
        let time = isBlocked ? service?.writeTimeoutMilliseconds : service?.readTimeoutMilliseconds
        loop.timers.arm(timer, afterMilliseconds: time ?? 60_000)
    }

    func relayTimedOut() {
        loop.errorLog.log(
            .info, "upstream timed out (110: Connection timed out) while proxying connection", context: errorContext)
        upstream?.close(promise: nil)
        context?.close(promise: nil)
        finish(status: 200)
    }
}
