// After an upgrade: what the two sides say to each other goes through as it is, until one of them ends it.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// The upstream agreed to the upgrade. What the client sent before it knew that goes first.
    func beginTunnel(_ upstream: UpstreamConnection) {
        let request = exchange.request
        let start = request.bytes.readerIndex + cursor
        if pendingBytes > 0, let early = request.bytes.getSlice(at: start, length: pendingBytes) {
            request.bytes.moveWriterIndex(to: start)
            upstream.send(early)
        }
        holdReads(!upstream.isWritable)
    }

    func sendThroughTunnel(_ buffer: ByteBuffer) {
        guard let upstream else { return }
        upstream.send(buffer)
        // As in nginx, read_timeout is the time in which neither side says anything.
        if transport?.isWritable == true { armUpstreamTimer() }
    }

    /// The client is gone. What it said last still reaches the upstream.
    func leaveTunnel() {
        upstream?.closeAfterWrites()
        upstream = nil
    }

    /// The upstream changes the protocol unasked: what follows would be taken for an answer to another request.
    func refuseTunnel(_ upstream: UpstreamConnection) {
        upstream.close()
        upstreamFailed(upstream, .malformed(.unaskedUpgrade))
    }
}
