// The request's body: collected when somebody needs it whole, else streamed to the upstream as it comes.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// Reads the whole body before going on.
    func startCollecting(then next: Collected) {
        collected = next
        phase = .collecting
        sendContinue()
        loop.timers.arm(timer, afterMilliseconds: limits.bodyMilliseconds)
        collect()
    }

    /// Tells a client that waits for it to go on with the body (RFC 9110, section 10.1.1).
    func sendContinue() {
        guard exchange.request.head.expectsContinue, pendingBytes == 0, body.byteCount == 0, !body.isComplete,
            let transport
        else { return }
        out.clear()
        exchange.response.bodyBytesSent += UInt64(out.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n"))
        transport.send(out)
    }

    /// Moves what there is of the body to `collectedBody`.
    func collect() {
        let request = exchange.request
        var offset = cursor
        reading: while true {
            let buffer = request.bytes
            let bytes = buffer.readableBytesUInt8Span
            switch body.next(bytes, &offset) {
            case .data(let range):
                collectedBody.writeBytes(bytes.extracting(range).bytes)
                if isTooLarge { return refuseLargeBody(body.byteCount) }
                if collectedBody.readableBytes > collectionLimit {
                    cursor = offset
                    guard collected == .proxy else { return stopCollecting() }
                    guard spoolCollected() else { return waitForSpool() }
                }
            case .needMore:
                cursor = offset
                dropConsumed()
                holdReads(false)
                loop.timers.arm(timer, afterMilliseconds: limits.bodyMilliseconds)
                return
            case .invalid:
                keepsAlive = false
                return refuseBody()
            case .end: break reading
            }
        }
        cursor = offset
        finishCollecting()
    }

    /// - Parameter count: the bytes that were announced, or came so far.
    func refuseLargeBody(_ count: UInt64) {
        loop.errorLog.log(.error, "client intended to send too large body: \(count) bytes", context: errorContext)
        refuse(413)
    }

    private var isTooLarge: Bool {
        let limit = collected == .answerLocally ? limits.adminBodyBytes : limits.requestBodyBytes
        return limit > 0 && body.byteCount > limit
    }

    private var collectionLimit: Int {
        switch collected {
        case .runPlugins: limits.pluginBodyBytes
        case .proxy: spool == nil ? limits.bufferedBodyBytes : BodySpool.pieceBytes
        case .answerLocally: .max
        }
    }

    private func finishCollecting() {
        timer.cancel()
        if let spool { return finishSpooling(spool) }
        isCollected = true
        phase = .deciding
        switch collected {
        case .runPlugins:
            exchange.request.body = .whole(collectedBody)
            runPlugins(from: 0)
        case .proxy: connect()
        case .answerLocally: answerLocally()
        }
    }

    /// The body is larger than what plugins may see: they go without it.
    private func stopCollecting() {
        timer.cancel()
        phase = .deciding
        exchange.request.body = .tooLarge
        runPlugins(from: 0)
    }

    /// Gives up the memory of body bytes that are used up; the head stays.
    private func dropConsumed() {
        let request = exchange.request
        guard cursor > request.head.byteCount, pendingBytes == 0 else { return }
        request.bytes.moveWriterIndex(to: request.bytes.readerIndex + request.head.byteCount)
        cursor = request.head.byteCount
    }

    // MARK: - To the upstream

    /// Appends the part of the body that is there to the upstream's head, so that a small request is one write.
    func appendBody(to out: inout ByteBuffer) {
        if let replaced = exchange.request.replacedBody {
            out.writeBytes(replaced)
            return
        }
        if collectedBody.readableBytes > 0 { appendCollected(to: &out) }
        guard !isCollected else { return }
        var offset = cursor
        let buffer = exchange.request.bytes
        let bytes = buffer.readableBytesUInt8Span
        appending: while true {
            switch body.next(bytes, &offset) {
            case .data(let range): append(bytes.extracting(range), to: &out)
            case .needMore, .end: break appending
            case .invalid:
                bodyIsInvalid = true
                break appending
            }
        }
        cursor = offset
        if body.isComplete, upstreamFraming == .chunked { out.writeStaticString("0\r\n\r\n") }
    }

    /// Whether the first part of a body that grew too large was collected and has still to be sent.
    var isPartlyCollected: Bool { !isCollected && collectedBody.readableBytes > 0 }

    /// Sends the part that was collected, uncopied, and what has come since. Nothing of it is kept: such a request is
    /// not repeated.
    func sendCollectedPart(over connection: UpstreamConnection) {
        let part = collectedBody
        let isChunked = upstreamFraming == .chunked
        collectedBody = ByteBuffer()
        bodyIsGone = true
        if isChunked {
            connection.send { out in
                out.writeHex(UInt64(part.readableBytes))
                out.writeStaticString("\r\n")
            }
        }
        connection.send(part)
        connection.send { out in
            if isChunked { out.writeStaticString("\r\n") }
            appendBody(to: &out)
        }
    }

    private func appendCollected(to out: inout ByteBuffer) {
        if upstreamFraming == .chunked {
            let whole = collectedBody
            append(whole.readableBytesUInt8Span, to: &out)
        } else {
            out.writeImmutableBuffer(collectedBody)
        }
    }

    private func append(_ part: borrowing Span<UInt8>, to out: inout ByteBuffer) {
        guard upstreamFraming == .chunked else {
            out.writeBytes(part.bytes)
            return
        }
        out.writeHex(UInt64(part.count))
        out.writeStaticString("\r\n")
        out.writeBytes(part.bytes)
        out.writeStaticString("\r\n")
    }

    /// Sends on body bytes that were waiting in the connection's buffer.
    func pumpBody() {
        guard let upstream, awaitsBody else { return holdReads(pendingBytes > limits.pendingBytes) }
        guard upstream.isWritable else { return holdReads(true) }
        bodyIsGone = true
        upstream.send { appendBody(to: &$0) }
        dropConsumed()
        afterBodyPart()
    }

    /// Sends on a part of the body as it came from the client: bytes of a fixed-length body are not even copied.
    func stream(_ buffer: ByteBuffer) {
        guard let upstream, exchange.request.head.framing != .chunked else {
            exchange.request.bytes.writeImmutableBuffer(buffer)
            return pumpBody()
        }
        var offset = 0
        guard case .data(let range) = body.next(buffer.readableBytesUInt8Span, &offset) else { return }
        bodyIsGone = true
        if range.count == buffer.readableBytes {
            upstream.send(buffer)
        } else {
            var rest = buffer
            if let part = rest.readSlice(length: range.count) { upstream.send(part) }
            exchange.request.bytes.writeImmutableBuffer(rest)
        }
        afterBodyPart()
    }

    private func afterBodyPart() {
        if bodyIsInvalid { return abandonInvalidBody() }
        armUpstreamTimer()
        guard let upstream else { return }
        holdReads(!body.isComplete && !upstream.isWritable)
    }

    /// The upstream already has part of a body that turns out to be malformed: nothing can be saved.
    func abandonInvalidBody() {
        keepsAlive = false
        upstream?.close()
        upstream = nil
        if hasAnswerHead { closeNow() } else { refuseBody() }
    }

    /// The client's chunks are none.
    private func refuseBody() {
        loop.errorLog.log(.error, "client sent invalid chunked body", context: errorContext)
        refuse(400)
    }

    // MARK: - After the answer

    /// Throws away the rest of the body, so that the next request can be read.
    func discardBody() {
        var offset = cursor
        let buffer = exchange.request.bytes
        let bytes = buffer.readableBytesUInt8Span
        discarding: while true {
            switch body.next(bytes, &offset) {
            case .data: continue
            case .needMore:
                cursor = offset
                dropConsumed()
                if body.byteCount > limits.discardedBodyBytes { return closeAfterWrites() }
                return
            case .end: break discarding
            case .invalid: return closeAfterWrites()
            }
        }
        cursor = offset
        timer.cancel()
        nextRequest()
    }
}
