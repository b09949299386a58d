// Last stage: answers of the gateway's own, the end of a request, and what becomes of the connection then.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// Answers with a complete response. `isPage` says that it stands for an upstream's answer: an error page of the
    /// proxy layer, or what a plugin put in its place.
    func respond(_ given: Response, isPage: Bool = false) {
        guard let transport else { return }
        let made = GRPC.answer(given, to: exchange.request)
        timer.cancel()
        exchange.response.status = made.status
        sent = made
        exchange.response.isProxied = false
        exchange.response.own = made
        exchange.nowMilliseconds = loop.clock.nowMilliseconds()
        if !isPage { latencies = nil }
        if let start = latencies { latencies = Latencies(proxy: start.proxy, upstream: elapsedSinceAccess) }
        if exchange.response.replacement !== given { runResponseHeads() }
        let rewritten = chain.hasResponseBody ? changedByPlugins(made) : nil
        let response = rewritten ?? made
        if exchange.request.head.expectsContinue, !body.isComplete { keepsAlive = false }
        let bodyCount = answerHasNoBody ? 0 : response.body.count
        let isLong = bodyCount > Self.pieceBytes || rewritten != nil && !answerHasNoBody
        if rewritten != nil { frameWithoutLength() } else { clientFraming = framing(of: made) }
        if let filter { filterOwn(filter, response) }
        let isAtOnce = !isLong && compressor == nil
        let isPlain = isAtOnce && clientFraming != .chunked
        out.clear()
        ResponseWriter.writeLocal(
            response, exchange, configuration.headers, clientFraming,
            withBody: bodyCount > 0 && isPlain, keepAlive: keepsAlive, latencies, clock: loop.clock, to: &out)
        exchange.response.headBytesSent = out.readableBytes - (isPlain ? bodyCount : 0)
        noteSentHead(exchange.response.headBytesSent)
        if isLong { return sendInPieces(response.body) }
        if isPlain { exchange.response.bodyBytesSent += UInt64(bodyCount) }
        if !isAtOnce { compressWhole(response.body) } else if !isPlain { appendWhole(response.body) }
        writeAccessLog()
        transport.send(out)
        finishExchange()
    }

    /// nginx makes error pages without telling their length beforehand. Without a request line there is no version that
    /// takes chunks.
    private func framing(of response: Response) -> ClientFraming {
        let head = exchange.request.head
        guard response.isErrorPage, !head.comesByHTTP2 else { return .asUpstream }
        if answerHasNoBody { return .untilClose }
        let takesChunks = head.minorVersion == 1 && !head.target.isEmpty && configuration.chunksAnswers
        return takesChunks && !response.body.isEmpty ? .chunked : .asUpstream
    }

    private func appendWhole(_ body: [UInt8]) {
        appendPart(body.span)
        endChunks()
    }

    private var elapsedSinceAccess: Int64 { exchange.nowMilliseconds - accessEndedAt }

    /// Answers with the error page of a status.
    func refuse(_ status: Int) {
        let page = ErrorPage.response(status, for: exchange.request, default: configuration.errorDefaultType)
        respond(page, isPage: true)
    }

    /// The client stopped within its body.
    func bodyTimedOut() {
        giveUpUpstream()
        keepsAlive = false
        refuse(408)
    }

    /// The client stopped within its head.
    func headTimedOut() {
        refuseHead(408)
    }

    /// Answers a head that can't be trusted and closes: where the next request would begin is unknown.
    func refuseMalformed(_ fault: HeadFault) {
        refuseHead(fault.status)
    }

    private func refuseHead(_ status: Int) {
        if exchange.startedAtMilliseconds == 0 || exchange.requestNumber == 0 || phase == .head { beginUnread() }
        if listener.isProxy { chain = loop.currentSnapshot().globalChain }
        // Of a version that nobody knows not even the request line counts as read.
        cursor = status == 505 ? 0 : exchange.request.bytes.readableBytes
        keepsAlive = false
        if ErrorPage.isKongs(status) { return refuse(status) }
        // nginx answers these before Kong has its say, so that no plugin sees them.
        chain = .empty
        respond(ErrorPage.nginxs(status), isPage: true)
    }

    /// Counts a request whose head could not be read.
    func beginUnread() {
        exchange.startedAtMilliseconds = loop.clock.nowMilliseconds()
        exchange.requestNumber += 1
        loop.statistics.requests.bump()
    }

    /// The answer is written: log it, and make ready for the next request or for the end.
    func finishExchange() {
        finishLogs()
        if !keepsAlive { return closeAfterWrites() }
        guard body.isComplete || isCollected else {
            phase = .discarding
            loop.timers.arm(timer, afterMilliseconds: limits.bodyMilliseconds)
            holdReads(false)
            return discardBody()
        }
        nextRequest()
    }

    func finishLogs() {
        exchange.nowMilliseconds = loop.clock.nowMilliseconds()
        exchange.proxyMilliseconds = latencies?.proxy
        exchange.upstreamMilliseconds = latencies?.upstream
        exchange.request.receivedBytes = receivedBytes
        if chain.logsEntries { exchange.logFacts = logFacts() }
        runLogs()
        writeAccessLog()
        balancing.release()
        spool = nil
        dropCompressor()
    }

    /// Writes the line once. Called just before the last bytes of an answer go out, so that who has the answer finds
    /// the line in the log.
    func writeAccessLog() {
        if isLogged { return }
        isLogged = true
        writeAccessLine(to: logs.first)
        if !logs.others.isEmpty { for log in logs.others { writeAccessLine(to: log) } }
    }

    private func writeAccessLine(to log: LogBuffer) {
        if log.isOff { return }
        if let condition = log.condition, !holds(condition) { return }
        if let format = log.format { return writeAccessLine(format, to: log) }
        let request = exchange.request
        let fields = request.head.fields
        let buffer = request.bytes
        let bytes = buffer.readableBytesUInt8Span
        let line = requestLine
        let address = exchange.clientAddress
        log.append(
            remoteAddress: address.span, remoteUser: remoteUser, head: bytes, request: bytes.isEmpty ? nil : line.range,
            status: exchange.response.status, bodyBytesSent: Int(exchange.response.bodyBytesSent),
            referer: fields.first(.referer)?.value.range, userAgent: fields.first(.userAgent)?.value.range)
    }

    /// nginx' $remote_user: the name in Basic credentials, right or wrong.
    var remoteUser: [UInt8]? {
        guard let field = exchange.request.head.fields.first(.authorization) else { return nil }
        let bytes = exchange.request.bytes
        let value = bytes.readableBytesUInt8Span.extracting(field.value.range)
        guard value.count > 6, value.extracting(first: 6).equalsIgnoringCase("basic ") else { return nil }
        guard let pair = Base64.decode(exchange.request.copy(field.value)[6...]),
            let colon = pair.firstIndex(of: Ascii.colon)
        else { return nil }
        return Array(pair[..<colon])
    }

    /// Forgets the request; what came after it is the next one's beginning.
    func nextRequest() {
        let request = exchange.request
        timer.cancel()
        request.bytes.moveReaderIndex(forwardBy: min(cursor, request.bytes.readableBytes))
        if request.bytes.readableBytes == 0 { release(&request.bytes) } else { request.bytes.discardReadBytes() }
        resetExchange()
        holdReads(pendingBytes > limits.pendingBytes)
        if request.bytes.readableBytes > 0 { return pump() }
        isWaiting = true
        loop.statistics.waiting.bump()
        loop.timers.arm(
            timer, afterMilliseconds: loop.isDraining ? limits.drainMilliseconds : limits.keepAliveMilliseconds)
    }

    private func resetExchange() {
        exchange.reset()
        exchange.request.head.reset()
        exchange.clientAddress = facts.peer
        phase = .head
        isLogged = false
        sent = nil
        if !tries.isEmpty { tries.removeAll(keepingCapacity: true) }
        if !sentHead.bytes.isEmpty { sentHead.bytes.removeAll(keepingCapacity: true) }
        plan = nil
        if service?.upstream != nil { balancing = Balancing() }
        service = nil
        chain = .empty
        cursor = 0
        body = RequestBodyReader()
        isCollected = false
        bodyIsInvalid = false
        bodyIsGone = false
        held = nil
        accessEndedAt = 0
        latencies = nil
        hasAnswerHead = false
        release(&collectedBody)
        release(&out)
    }

    /// Forgets the stream that was served, and the configuration that it was served by: another one may come.
    func leaveStream() {
        resetExchange()
        release(&exchange.request.bytes)
        exchange.requestNumber = 0
        exchange.startedAtMilliseconds = 0
        exchange.directory = loop.nothing.directory
        snapshot = loop.nothing
        keepsAlive = false
        isReadingHeld = false
        leaveTransport()
    }

    /// Empties a buffer and gives its memory back if it grew large.
    private func release(_ buffer: inout ByteBuffer) {
        if buffer.capacity > Self.keptBufferBytes { buffer = ByteBuffer() } else { buffer.clear() }
    }

    private static var keptBufferBytes: Int { 16 << 10 }

    // MARK: - Closing

    /// Closes when everything is written. Where the client may still be sending, our side is closed first and what
    /// comes is thrown away for a while: a reset would destroy the answer before it is read.
    func closeAfterWrites() {
        guard let transport else { return }
        phase = .lingering
        holdReads(false)
        armSendTimer()
        let lingers =
            limits.lingers && !listener.isTLS && (!(body.isComplete || isCollected) || mayAskMore)
            || limits.lingers && cursor < exchange.request.bytes.readableBytes
        transport.endAfterWrites(of: self, lingers: lingers)
    }

    /// The last byte has left; the client has some time to end its side.
    func everythingIsSent() {
        let limit = limits.lingeringMilliseconds
        loop.timers.arm(timer, afterMilliseconds: loop.isDraining ? min(limit, limits.drainMilliseconds) : limit)
    }

    /// Whether the end is our idea: a client that sends its requests without waiting for answers learns of it late.
    private var mayAskMore: Bool {
        exchange.request.head.keepAlive
            && (loop.isDraining || exchange.requestNumber >= limits.connectionRequests
                || limits.keepAliveMilliseconds == 0)
    }

    func closeNow() {
        phase = .closed
        transport?.cut()
    }
}
