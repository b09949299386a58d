// Answers whose bodies plugins change. Such an answer is kept back until it is whole, so that nothing of one that turns
// out to be broken or too long has gone to the client: that gets an error page then. All others are not concerned.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    private static let contentLength: HeaderName = "Content-Length"

    /// Whether a plugin of the chain wants to change the body of an answer whose head is complete.
    private var mayChangeBody: Bool {
        for (step, slot) in chain.slots.enumerated() {
            guard let plugin = slot.instance(for: exchange, at: step)?.responseBody else { continue }
            if plugin.wantsResponseBody(exchange) { return true }
        }
        return false
    }

    private func changed(_ body: [UInt8]) -> [UInt8] {
        var body = body
        for (step, slot) in chain.slots.enumerated() {
            guard let plugin = slot.instance(for: exchange, at: step)?.responseBody,
                plugin.wantsResponseBody(exchange)
            else { continue }
            if let changed = plugin.responseBody(exchange, body) { body = changed }
        }
        return body
    }

    var answerHasNoBody: Bool {
        exchange.request.head.method == .head || ResponseWriter.hasNoBody(exchange.response.status)
    }

    // MARK: - Of upstreams

    /// Keeps an answer back if a plugin wants its body. Returns whether it is kept.
    func holdsAnswer() -> Bool {
        guard chain.hasResponseBody, phase == .relaying, mayChangeBody else { return false }
        exchange.response.edits.remove(Self.contentLength)
        guard !answerHasNoBody else { return false }
        out.clear()
        held = ByteBuffer()
        return true
    }

    func hold(_ bytes: borrowing Span<UInt8>) {
        if (held?.readableBytes ?? 0) + bytes.count <= limits.changedBodyBytes {
            held?.writeBytes(bytes.bytes)
            return
        }
        loop.errorLog.log(
            .error, "upstream sent a body that is too large to be changed by plugins", context: errorContext)
        failHeldAnswer(status: 502)
    }

    /// The answer came to nothing before it was whole.
    func failHeldAnswer(status: Int) {
        held = nil
        let page = ErrorPage.response(status, for: exchange.request, default: configuration.errorDefaultType)
        exchange.response.replacement = page
        replaceAnswer(by: page)
    }

    /// The answer is whole: changes its body and sends it.
    func sendHeldAnswer(_ body: ByteBuffer) {
        held = nil
        let body = changed(Array(body.readableBytesView))
        if let filter { filterHead(filter, length: nil) }
        clientFraming = framingOfUnknownLength
        if clientFraming == .untilClose { keepsAlive = false }
        out.clear()
        ResponseWriter.writeProxied(
            exchange, configuration.headers, clientFraming, keepAlive: keepsAlive, latencies ?? Latencies(),
            clock: loop.clock, to: &out)
        exchange.response.headBytesSent = out.readableBytes
        noteSentHead(out.readableBytes)
        sendInPieces(body)
    }

    // MARK: - Of the gateway

    /// The answer with its body changed; nil when no plugin wants that.
    func changedByPlugins(_ response: Response) -> Response? {
        guard mayChangeBody else { return nil }
        let body = answerHasNoBody ? response.body : changed(response.body)
        return Response(status: response.status, fields: response.fields, body: body, text: response.text)
    }

    /// How an answer of the gateway's own is delimited whose length is not told.
    func frameWithoutLength() {
        // One to HEAD has neither a body nor the length of one.
        guard !answerHasNoBody else { return clientFraming = .untilClose }
        clientFraming = framingOfUnknownLength
        if clientFraming == .untilClose { keepsAlive = false }
    }
}
