// Third stage: an address and a connection for the request, the request on its way, and what happens when that fails.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// All plugins agreed: the request goes to its upstream.
    func proxy() {
        if service == nil {
            guard let made = serviceFromRequest() else { return refuse(500) }
            service = made
        }
        if let change = exchange.request.upstream { service = service?.changed(by: change, snapshot.upstreams) }
        accessEndedAt = loop.clock.nowMilliseconds()
        latencies = Latencies(proxy: accessEndedAt - exchange.startedAtMilliseconds, upstream: 0)
        if !body.isComplete, mustBufferBody { return startCollecting(then: .proxy) }
        connect()
    }

    /// Starts the first attempt.
    func connect() {
        attempts = 0
        upstreamFraming = framingForUpstream()
        if !isCollected { sendContinue() }
        attempt()
    }

    private func framingForUpstream() -> UpstreamFraming {
        if let replaced = exchange.request.replacedBody { return .length(UInt64(replaced.count)) }
        switch exchange.request.head.framing {
        case .none, .untilClose: return .none
        case .length(let count): return .length(count)
        case .chunked: return isCollected ? .length(body.byteCount) : .chunked
        }
    }

    private func attempt() {
        guard let service else { return }
        attempts += 1
        attemptSerial += 1
        requestWasSent = false
        wasRefused = false
        phase = .connecting
        if let address = service.literal { return lease(address, service, serverName: service.serverName) }
        if let balancer = service.upstream { return attemptBalanced(service, balancer) }
        let serial = attemptSerial
        loop.resolver.resolve(service.host, port: service.port) { [weak self] result in
            guard let self, serial == attemptSerial, phase == .connecting else { return }
            switch result {
            case .success(let target): lease(target.address, service, serverName: service.serverName)
            case .failure(let failure): respondUnresolved(failure, service)
            }
        }
    }

    func respondUnresolved(_ failure: DNSFailure, _ service: ServicePlan) {
        loop.errorLog.log(.error, "[dns] failed to resolve \(service.host): \(failure.message)", context: errorContext)
        respond(failure.isUnresolvable ? .nameResolutionFailed : .unexpected)
        pump()
    }

    func lease(_ address: SocketAddress, _ service: ServicePlan, serverName: String?) {
        let name = service.usesTLS ? serverNameToTell(serverName) : nil
        let key = UpstreamKey(
            address: address, usesTLS: service.usesTLS, serverName: name, speaksHTTP2: service.speaksHTTP2)
        noteTry(address)
        if let connection = loop.pool.take(key) { return use(connection) }
        let serial = attemptSerial
        loop.pool.connect(key, timeoutMilliseconds: service.connectTimeoutMilliseconds) { [weak self] result in
            guard let self, serial == attemptSerial, phase == .connecting else {
                if case .success(let connection) = result { connection.release(reusable: true) }
                return
            }
            switch result {
            case .success(let connection): use(connection)
            case .failure(let error): connectFailed(error, address)
            }
        }
    }

    /// Kong tells an upstream the name in its Host header: with preserve_host the client's, else the service's.
    private func serverNameToTell(_ own: String?) -> String? {
        guard plan?.preserveHost == true, let host = exchange.request.head.host else { return own }
        let value = exchange.request.copy(host)
        let name = String(decoding: value[..<HostText.nameCount(value.span)], as: UTF8.self)
        return name.isEmpty || IPAddress(name) != nil ? nil : name
    }

    private func connectFailed(_ error: any Error, _ address: SocketAddress) {
        let failure = ConnectFailure(error)
        loop.errorLog.log(.error, failure.text, context: errorContext(toward: address))
        failed(status: failure.isTimeout ? 504 : 502)
        pump()
    }

    /// Sends the request over that connection.
    private func use(_ connection: UpstreamConnection) {
        guard let plan, let service else { return connection.close() }
        upstream = connection
        phase = .relaying
        noteConnected()
        connection.lease(to: self, method: exchange.request.method)
        requestWasSent = true
        connection.send { out in
            let host = service.upstream == nil ? service.hostHeader : balancedHostHeader(service)
            RequestWriter.write(exchange, plan, service, host: host, match, facts, upstreamFraming, to: &out)
            if !isPartlyCollected { appendBody(to: &out) }
        }
        if isPartlyCollected { sendCollectedPart(over: connection) }
        armUpstreamTimer()
        if hasSpooledRest { return sendSpooled() }
        if !body.isComplete {
            if bodyIsInvalid { abandonInvalidBody() } else { holdReads(!connection.isWritable) }
        }
    }

    /// Whether the body is streamed and there is more of it to come.
    var awaitsBody: Bool { !body.isComplete && !isCollected }

    /// Whether the next step is to send more of the request.
    private var isSending: Bool { awaitsBody || hasSpooledRest && !hasAnswerHead }

    func armUpstreamTimer() {
        guard let service else { return }
        let delay = isSending ? sendingTime(service) : service.readTimeoutMilliseconds
        loop.timers.arm(timer, afterMilliseconds: delay)
    }

    /// The time for the next step of a request that is under way: the upstream's, or the client's where that is the
    /// one who is waited for. The two sides of a conversation may both take theirs.
    private func sendingTime(_ service: ServicePlan) -> Int64 {
        guard awaitsBody, upstream?.isWritable ?? true else { return service.writeTimeoutMilliseconds }
        guard hasAnswerHead || service.speaksHTTP2 else { return limits.bodyMilliseconds }
        return max(service.writeTimeoutMilliseconds, limits.bodyMilliseconds)
    }

    func armSendTimer() {
        loop.timers.arm(timer, afterMilliseconds: limits.sendMilliseconds)
    }

    // MARK: - Failures

    func upstreamTimedOut() {
        loop.errorLog.log(
            .error, "upstream timed out (110: Connection timed out) while \(step)",
            context: errorContext(toward: upstream?.key.address))
        giveUpUpstream()
        if held != nil { return failHeldAnswer(status: 504) }
        if hasAnswerHead { closeNow() } else { failed(status: 504) }
        pump()
    }

    /// What nginx says it is doing.
    private var step: String {
        if phase == .tunnel { return "proxying upgraded connection" }
        if isSending { return "sending request to upstream" }
        return hasAnswerHead || held != nil ? "reading upstream" : "reading response header from upstream"
    }

    /// An attempt came to nothing: another one, if that is safe and allowed, or the error page.
    func failed(status: Int) {
        balancing.answered(isFailure: true)
        giveUpUpstream()
        noteEndOfTry(status: status)
        if attempts <= service?.retries ?? 0, mayRepeat {
            if service?.upstream != nil { reportFailedAttempt(status: status) }
            rewindBody()
            return attempt()
        }
        if service?.upstream != nil { reportStatus(status) }
        respond(
            ErrorPage.response(status, for: exchange.request, default: configuration.errorDefaultType), isPage: true)
    }

    /// nginx never repeats POST, PATCH and LOCK once something was sent, and nobody can repeat a body that is gone.
    private var mayRepeat: Bool {
        guard requestWasSent else { return true }
        return (wasRefused || !exchange.request.method.isNonIdempotent) && !bodyIsGone
    }

    private func rewindBody() {
        spool?.rewind()
        guard requestWasSent, !isCollected else { return }
        body = RequestBodyReader(exchange.request.head.framing)
        cursor = exchange.request.head.byteCount
    }

    func giveUpUpstream() {
        attemptSerial += 1
        noteBytes()
        upstream?.close()
        upstream = nil
        balancing.release()
    }

    /// The client is gone, or the connection ends for its sake: nobody waits for the upstream any more.
    func abandon() {
        if phase == .tunnel { leaveTunnel() }
        balancing.givenUp()
        giveUpUpstream()
        if phase != .deciding || exchange.requestNumber > 0 {
            // nginx' number for a client that left, or that left its body unfinished.
            if exchange.response.status == 0 { exchange.response.status = phase == .collecting ? 400 : 499 }
            finishLogs()
        }
        phase = .closed
    }

    /// The client is gone in the middle of a head: a request all the same for nginx, though for no plugin.
    func abandonHead() {
        let buffer = exchange.request.bytes
        let bytes = buffer.readableBytesUInt8Span
        guard bytes.count > 0 else { return }
        beginUnread()
        exchange.response.status = 400
        // The whole lines count as received.
        cursor = bytes.count
        while cursor > 0, bytes[cursor - 1] != Ascii.lineFeed { cursor -= 1 }
        finishLogs()
    }

    var errorContext: ErrorContext {
        ErrorContext(
            connection: exchange.connectionSerial, client: String(decoding: exchange.clientAddress, as: UTF8.self),
            server: "kong", request: String(decoding: exchange.request.copy(requestLine), as: UTF8.self),
            host: exchange.request.head.host.map { String(decoding: exchange.request.copy($0), as: UTF8.self) })
    }

    /// The same with where the request went.
    private func errorContext(toward address: SocketAddress?) -> ErrorContext {
        var context = errorContext
        guard let address else { return context }
        let scheme = service?.usesTLS == true ? "https" : "http"
        let name = String(decoding: UpstreamTry(address, at: 0).address, as: UTF8.self)
        context.upstream = "\(scheme)://\(name)\(String(decoding: upstreamURI ?? [], as: UTF8.self))"
        return context
    }

    /// The request line without its end. Of a head that could not be read, or not yet, what stands there for one.
    var requestLine: Slice {
        let head = exchange.request.head
        let buffer = exchange.request.bytes
        let bytes = buffer.readableBytesUInt8Span
        if head.byteCount > 0, head.byteCount <= bytes.count {
            return Slice(Int(head.methodSlice.start), Int(head.target.end) + 9)
        }
        var start = 0
        while start < bytes.count, Self.endsLine(bytes[start]) { start += 1 }
        var end = start
        while end < bytes.count, !Self.endsLine(bytes[end]) { end += 1 }
        return Slice(start, end)
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == Ascii.carriageReturn || byte == Ascii.lineFeed }

    // MARK: - Routes without a service

    /// Where a request wants to go that matched a route without a service: the request line's authority, else Host,
    /// else the address it came to (proxy.md section 2).
    private func serviceFromRequest() -> ServicePlan? {
        let head = exchange.request.head
        let source = head.authority ?? head.host ?? Slice(0, 0)
        let value = exchange.request.copy(source)
        let usesTLS = head.authority == nil ? listener.isTLS : head.scheme == .https
        let start = value.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? 0
        let text = Array(value[start...])
        let count = HostText.nameCount(text.span)
        let name = String(decoding: text[..<count], as: UTF8.self)
        let port = Int(String(decoding: text[min(count + 1, text.count)...], as: UTF8.self)) ?? 0
        if name.isEmpty {
            let own = String(decoding: exchange.serverAddress, as: UTF8.self)
            return ServicePlan(info: nil, usesTLS: usesTLS, host: own, port: exchange.serverPort, path: [])
        }
        let isValid = (1...65_535).contains(port)
        return ServicePlan(
            info: nil, usesTLS: usesTLS, host: name, port: isValid ? port : usesTLS ? 443 : 80, path: []
        ).linked(to: snapshot.upstreams[name])
    }
}

// MARK: - The upstream's answer

extension ClientConnection: UpstreamReader {
    var responseTarget: ExchangeResponse { exchange.response }

    func upstreamHead(_ upstream: UpstreamConnection) {
        let response = exchange.response
        if response.head.isUpgrade, !exchange.request.head.upgradesToWebSocket { return refuseTunnel(upstream) }
        exchange.nowMilliseconds = loop.clock.nowMilliseconds()
        latencies?.upstream = exchange.nowMilliseconds - accessEndedAt
        response.isProxied = true
        response.status = Int(response.head.status)
        hasAnswerHead = true
        noteHead(status: response.status)
        if service?.upstream != nil { reportAnswer(status: response.status) }
        if response.head.isUpgrade { phase = .tunnel }
        if let filter { hideHeaders(filter) }
        if exchange.attachment != nil { preferUpstream() }
        runResponseHeads()
        if let replacement = response.replacement { return replaceAnswer(by: replacement) }
        if holdsAnswer() { return }
        if let filter { filterHead(filter, length: lengthOfAnswer(response)) }
        decideFraming(response)
        if compressor != nil { upstream.readLittle(true) }
        out.clear()
        ResponseWriter.writeProxied(
            exchange, configuration.headers, clientFraming, keepAlive: keepsAlive, latencies ?? Latencies(),
            clock: loop.clock, to: &out)
        response.headBytesSent = out.readableBytes
        noteSentHead(out.readableBytes)
        if phase == .tunnel { beginTunnel(upstream) }
    }

    /// A plugin decided, on seeing the upstream's answer, to give another one.
    func replaceAnswer(by replacement: Response) {
        hasAnswerHead = false
        giveUpUpstream()
        respond(replacement, isPage: true)
        pump()
    }

    private func lengthOfAnswer(_ response: ExchangeResponse) -> Int? {
        if case .length(let count) = response.head.framing { return Int(clamping: count) }
        // That of the body which HEAD asks not to be sent.
        return response.received("Content-Length").flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    private func decideFraming(_ response: ExchangeResponse) {
        switch response.head.framing {
        case .none where compressor == nil: clientFraming = .asUpstream
        case .length where compressor == nil: clientFraming = .asUpstream
        case .none, .length, .chunked, .untilClose: clientFraming = framingOfUnknownLength
        }
        if response.head.isUpgrade { clientFraming = .asUpstream }
        if exchange.request.changedMethod != nil { reframe() }
        if clientFraming == .untilClose { keepsAlive = false }
    }

    func upstreamBody(_ upstream: UpstreamConnection, _ bytes: borrowing Span<UInt8>) {
        noteBody(bytes.count)
        if exchange.request.changedMethod != nil, exchange.request.head.method == .head { return }
        if held != nil { return hold(bytes) }
        if compressor == nil { appendPart(bytes) } else { compress(bytes, .none) }
    }

    func upstreamPause(_ upstream: UpstreamConnection) {
        guard hasAnswerHead, let transport else { return }
        armUpstreamTimer()
        flushCompressor()
        flush(transport)
        if !transport.isWritable, phase == .relaying || phase == .tunnel {
            upstream.holdReads(true)
            armSendTimer()
        }
    }

    private func flush(_ transport: any ClientTransport) {
        guard out.readableBytes > 0 else { return }
        transport.send(out)
        out.clear()
    }

    func upstreamEnd(_ upstream: UpstreamConnection) {
        guard let transport else { return }
        if phase == .tunnel {
            flush(transport)
            self.upstream = nil
            finishLogs()
            return closeAfterWrites()
        }
        noteEndOfTry(status: nil)
        if upstream.hasExcess { warnOfExcess(upstream) }
        let isReusable = exchange.response.head.keepAlive && !awaitsBody && !hasSpooledRest
        if let body = held {
            self.upstream = nil
            upstream.release(reusable: isReusable)
            return sendHeldAnswer(body)
        }
        endBody()
        writeAccessLog()
        flush(transport)
        self.upstream = nil
        upstream.release(reusable: isReusable)
        finishExchange()
        pump()
    }

    private func warnOfExcess(_ upstream: UpstreamConnection) {
        loop.errorLog.log(
            .warn, "upstream sent more data than specified in \"Content-Length\" header while reading upstream",
            context: errorContext(toward: upstream.key.address))
    }

    func upstreamFailed(_ upstream: UpstreamConnection, _ failure: UpstreamFailure) {
        guard self.upstream === upstream else { return }
        self.upstream = nil
        loop.errorLog.log(
            .error, failure.text(while: step), context: errorContext(toward: upstream.key.address))
        if held != nil { return failHeldAnswer(status: 502) }
        if hasAnswerHead {
            flushCompressor()
            if let transport { flush(transport) }
            exchange.response.isTruncated = true
            finishLogs()
            closeAfterWrites()
        } else {
            // As in nginx, a kept connection that turns out to be closed is not one of the service's tries.
            if failure.isClosed, upstream.answers > 0 {
                attempts -= 1
                balancing.release()
            }
            wasRefused = failure == .refused
            failed(status: 502)
            pump()
        }
    }

    func upstreamWritable(_ upstream: UpstreamConnection, _ isWritable: Bool) {
        if phase == .tunnel { return holdReads(!isWritable) }
        if spool != nil { return sendSpooled() }
        guard isWritable, phase == .relaying else { return holdReads(true) }
        armUpstreamTimer()
        if pendingBytes > 0 { pumpBody() } else { holdReads(false) }
    }
}
