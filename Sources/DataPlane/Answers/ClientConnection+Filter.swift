// Answers on their way through nginx' filters, where directives ask for that: headers are added, then the body is
// compressed. As in nginx that comes after everything plugins do, and what is sent and logged is what comes out.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    private static let contentType: HeaderName = "Content-Type"
    private static let contentLength: HeaderName = "Content-Length"
    private static let contentEncoding: HeaderName = "Content-Encoding"
    private static let acceptRanges: HeaderName = "Accept-Ranges"
    private static let etag: HeaderName = "ETag"
    private static let lastModified: HeaderName = "Last-Modified"
    private static let expires: HeaderName = "Expires"
    private static let date: HeaderName = "Date"
    private static let cacheControl: HeaderName = "Cache-Control"
    private static let vary: HeaderName = "Vary"
    private static let gzip = Array("gzip".utf8)
    private static let acceptEncoding = Array("Accept-Encoding".utf8)

    /// Hides headers of an upstream, before plugins see the answer.
    func hideHeaders(_ filter: AnswerFilter) {
        for name in filter.rules.hidden { exchange.response.edits.remove(name) }
    }

    /// Decides what becomes of an answer whose head is about to be written.
    ///
    /// - Parameter length: of the body in bytes, where it is known.
    /// - Returns: whether the body is compressed, or would be if the client had asked for it.
    @discardableResult
    func filterHead(_ filter: AnswerFilter, length: Int?) -> Bool {
        for addition in filter.rules.additions where addition.isForAll || isPlain(exchange.response.status) {
            add(addition)
        }
        guard filter.rules.gzip.isOn, plan?.isGRPC != true, service?.speaksHTTP2 != true,
            let rules = concerned(filter.rules.gzip, length: length)
        else { return false }
        if rules.addsVary { exchange.response.edits.add(Self.vary, Self.acceptEncoding) }
        guard clientTakesGzip(rules) else { return false }
        if exchange.request.head.method != .head {
            compressor = filter.compressors.take()
            if compressor == nil { return false }
        }
        exchange.response.edits.set(Self.contentEncoding, Self.gzip)
        exchange.response.edits.remove(Self.contentLength)
        exchange.response.edits.remove(Self.acceptRanges)
        weakenETag()
        return true
    }

    /// The same for an answer of the gateway's own.
    func filterOwn(_ filter: AnswerFilter, _ response: Response) {
        guard filterHead(filter, length: response.body.count) else { return }
        clientFraming = framingOfUnknownLength
        // An answer to HEAD has neither a body nor the length of one.
        if compressor == nil { clientFraming = .untilClose } else if clientFraming == .untilClose { keepsAlive = false }
    }

    /// How a body is delimited whose length nobody knows.
    var framingOfUnknownLength: ClientFraming {
        let head = exchange.request.head
        if head.comesByHTTP2 { return .chunked }
        return head.minorVersion == 0 || !configuration.chunksAnswers ? .untilClose : .chunked
    }

    /// The rules, if they want answers like this one compressed.
    private func concerned(_ rules: GzipRules, length: Int?) -> GzipRules? {
        if let encoding = sentHeader(Self.contentEncoding), !encoding.isEmpty { return nil }
        let type = sentHeader(Self.contentType) ?? []
        let isUpstreams = exchange.response.isProxied && !exchange.response.edits.concerns(Self.contentType)
        let span = type.span
        let count = isUpstreams ? MediaType.count(ofUpstreams: span) : MediaType.count(ofKongs: span)
        let status = exchange.response.status
        return rules.concerns(status: status, length: length, type: span.extracting(first: count)) ? rules : nil
    }

    private func clientTakesGzip(_ rules: GzipRules) -> Bool {
        let request = exchange.request
        let buffer = request.bytes
        let head = buffer.readableBytesUInt8Span
        guard let accepted = request.head.fields.first(.acceptEncoding),
            AcceptEncoding.takesGzip(head.extracting(accepted.value.range)),
            request.head.comesByHTTP2 || request.head.minorVersion >= rules.minimumMinorVersion
        else { return false }
        if request.head.fields.contains(.via), !rules.allowsProxied(cacheability, now: nowSeconds) { return false }
        guard let agent = request.head.fields.first(.userAgent) else { return true }
        return !rules.excludes(userAgent: head.extracting(agent.value.range))
    }

    private var nowSeconds: Int { Int(exchange.nowMilliseconds / 1000) }

    private var cacheability: GzipRules.Cacheability {
        var found = GzipRules.Cacheability()
        found.hasAuthorization = exchange.request.head.fields.contains(.authorization)
        found.expires = sentHeader(Self.expires)
        found.date = sentHeader(Self.date)
        found.cacheControl = sentHeaders(Self.cacheControl)
        found.hasLastModified = sentHeader(Self.lastModified) != nil
        found.hasETag = sentHeader(Self.etag) != nil
        return found
    }

    /// Compressed bytes are not those that a strong tag stands for. What is no tag at all is left out, as nginx does.
    private func weakenETag() {
        guard let tag = sentHeader(Self.etag) else { return }
        if tag.count > 2, tag.starts(with: [UInt8(ascii: "W"), Ascii.slash]) { return }
        guard tag.first == UInt8(ascii: "\"") else { return exchange.response.edits.remove(Self.etag) }
        exchange.response.edits.set(Self.etag, [UInt8(ascii: "W"), Ascii.slash] + tag)
    }

    // MARK: - Additions

    /// The statuses that get headers which are not for all.
    private func isPlain(_ status: Int) -> Bool {
        switch status {
        case 200, 201, 204, 206, 301, 302, 303, 304, 307, 308: true
        default: false
        }
    }

    private func add(_ addition: AnswerRules.Addition) {
        var line = LogLine()
        fill(&line, addition.value)
        // These two are one value in nginx: a second one replaces the first, and none removes it.
        if addition.name == Self.etag || addition.name == Self.lastModified {
            if line.bytes.isEmpty { return exchange.response.edits.remove(addition.name) }
            return exchange.response.edits.set(addition.name, line.bytes)
        }
        if !line.bytes.isEmpty { exchange.response.edits.add(addition.name, line.bytes) }
    }

    // MARK: - The body

    /// Appends to `out` what comes out of the compressor for a part of the body.
    func compress(_ bytes: borrowing Span<UInt8>, _ flush: Deflater.Flush) {
        guard let compressor, let compressors = filter?.compressors else { return }
        compressors.scratch.clear()
        compressor.compress(bytes, flush, to: &compressors.scratch)
        let part = compressors.scratch
        if part.readableBytes > 0 { appendPart(part.readableBytesUInt8Span) }
    }

    /// Lets the client have what the compressor holds back, when nothing more comes for now.
    func flushCompressor() {
        if compressor?.holdsBack == true { compress(Span(), .sync) }
    }

    func endCompression() {
        if compressor != nil { compress(Span(), .finish) }
    }

    /// The same for an answer of the gateway's own: the whole body, with its end.
    func compressWhole(_ body: [UInt8]) {
        compress(body.span, .none)
        endBody()
    }

    /// Appends what the compressor still has and the end of the body.
    func endBody() {
        endCompression()
        endChunks()
    }

    /// Appends the end of a chunked body.
    func endChunks() {
        guard clientFraming == .chunked else { return }
        let end = out.writeStaticString("0\r\n\r\n")
        if !exchange.request.head.comesByHTTP2 { exchange.response.bodyBytesSent += UInt64(end) }
    }

    /// Appends a part of the body as it goes over the wire.
    func appendPart(_ part: borrowing Span<UInt8>) {
        guard clientFraming == .chunked else {
            exchange.response.bodyBytesSent += UInt64(out.writeBytes(part.bytes))
            return
        }
        let before = out.readableBytes
        out.writeHex(UInt64(part.count))
        out.writeStaticString("\r\n")
        out.writeBytes(part.bytes)
        out.writeStaticString("\r\n")
        // What goes over HTTP/2 is taken out of its chunks again.
        let sent = exchange.request.head.comesByHTTP2 ? part.count : out.readableBytes - before
        exchange.response.bodyBytesSent += UInt64(sent)
    }

    func dropCompressor() {
        guard let compressor else { return }
        filter?.compressors.giveBack(compressor)
        self.compressor = nil
    }
}
