// A request's first line and header fields as ranges into the bytes they came in, and what they say about the
// message: its length, its host, whether the connection lives on. One value is reused for a connection's life.

/// A parsed request head. All slices are relative to the first byte given to `parse`.
package struct RequestHead: Sendable {
    package private(set) var method = Method.other
    package private(set) var methodSlice = Slice(0, 0)
    /// The request target as it was sent.
    package private(set) var target = Slice(0, 0)
    /// The target without scheme and authority: path and query; what nginx calls `$request_uri`.
    package private(set) var uri = Slice(0, 0)
    /// The path, from its first '/' up to the query; never decoded.
    package private(set) var path = Slice(0, 0)
    /// What follows the first '?': nil without one, empty after a bare '?'.
    package private(set) var query: Slice?
    /// Of an absolute-form target (`http://authority/path`); nil otherwise.
    package private(set) var scheme: RequestTarget.Scheme?
    /// The host and port in an absolute-form target. It may differ from `host`: nginx takes its `$host` from here,
    /// and Kong matches routes by the Host header.
    package private(set) var authority: Slice?
    /// The n of HTTP/1.n.
    package private(set) var minorVersion: UInt8 = 1
    /// Whether the head was made from an HTTP/2 stream's: it says `HTTP/2.0`, which no connection's may. Stays over
    /// `reset`.
    package var comesByHTTP2 = false
    package private(set) var fields = HeaderList()
    /// The value of the Host header; nil only in HTTP/1.0.
    package private(set) var host: Slice?
    /// `Expect: 100-continue` in HTTP/1.1: the client waits for a 100 before it sends the body.
    package private(set) var expectsContinue = false
    /// `Upgrade: websocket`, the only upgrade that Kong passes on.
    package private(set) var upgradesToWebSocket = false
    /// The head's length, empty lines before it and the empty line after it included; valid once complete.
    package private(set) var byteCount = 0

    private var lines = LineReader()
    private var framingFields = FramingFields()
    private var hasStartLine = false
    private var emptyLines = 0

    package init() {}

    package var hasDebug: Bool { fields.contains(.kongDebug) }

    package var framing: BodyFraming {
        if framingFields.isChunked { return .chunked }
        return framingFields.contentLength.map { .length($0) } ?? .none
    }

    /// Whether the client lets the connection live on after this request.
    package var keepAlive: Bool { framingFields.keepsAlive(minorVersion: minorVersion) }

    /// Whether nothing of a request has come yet: a connection that ends here ends well.
    package var isUntouched: Bool { !hasStartLine && lines.lineStart == 0 }

    /// Makes ready for the next request; the fields' storage stays.
    package mutating func reset() {
        method = .other
        query = nil
        scheme = nil
        authority = nil
        minorVersion = 1
        fields.reset()
        host = nil
        expectsContinue = false
        upgradesToWebSocket = false
        byteCount = 0
        lines = LineReader()
        framingFields = FramingFields()
        hasStartLine = false
        emptyLines = 0
    }

    /// Reads on in `bytes`, which start where they started in the calls before and have grown since.
    ///
    /// Every byte is looked at once, however many pieces the head comes in. After `.complete` or `.invalid` call
    /// `reset` before the next head.
    package mutating func parse(_ bytes: Span<UInt8>, limits: HeadLimits) -> ParseResult {
        let raw = bytes.bytes
        while true {
            switch lines.next(raw, limit: lineLimit(limits)) {
            case .line(let end):
                let start = lines.lineStart
                lines.advance(past: end)
                if let fault = take(raw, start, end, limits) { return .invalid(fault) }
                if byteCount != 0 { return .complete }
            case .needMore:
                return isHopeless(raw) ? .invalid(.badRequest) : .needMore
            case .tooLong:
                return .invalid(hasStartLine ? .headerTooLarge : .uriTooLong)
            case .malformed:
                return .invalid(.badRequest)
            }
        }
    }

    private func lineLimit(_ limits: HeadLimits) -> Int {
        let line = hasStartLine ? limits.headerLineBytes : limits.startLineBytes
        return min(lines.lineStart &+ line, limits.headBytes)
    }

    /// TLS and other protocols on a plain port are refused at their first byte: they may never send a line end.
    private func isHopeless(_ bytes: RawSpan) -> Bool {
        guard !hasStartLine, lines.lineStart < bytes.byteCount else { return false }
        let first = AsciiWord.byte(bytes, lines.lineStart)
        return !RequestTarget.isMethodByte(first) && first != Ascii.carriageReturn
    }

    @inline(__always)
    private mutating func take(_ bytes: RawSpan, _ start: Int, _ end: Int, _ limits: HeadLimits) -> HeadFault? {
        if hasStartLine {
            return start == end ? finish(end) : takeField(bytes, start, end, limits)
        }
        guard start == end else { return takeStartLine(bytes, start, end) }
        emptyLines &+= 1
        return emptyLines > limits.leadingEmptyLines ? .badRequest : nil
    }

    private mutating func takeStartLine(_ bytes: RawSpan, _ start: Int, _ end: Int) -> HeadFault? {
        hasStartLine = true
        let methodEnd = RequestTarget.endOfMethod(bytes, start, end)
        guard methodEnd > start, methodEnd < end, AsciiWord.byte(bytes, methodEnd) == Ascii.space else {
            return .badRequest
        }
        methodSlice = Slice(start, methodEnd)
        let count = methodEnd &- start
        method = count > 8 ? .other : .named(AsciiWord.load(bytes, start, count: count), count: count)
        let targetEnd = ByteScan.firstBlank(bytes, from: methodEnd &+ 1, to: end)
        target = Slice(methodEnd &+ 1, targetEnd)
        guard let parts = RequestTarget(bytes, target) else { return .badRequest }
        (scheme, authority, uri) = (parts.scheme, parts.authority, parts.uri)
        (path, query) = (parts.path, parts.query)
        guard targetEnd < end, AsciiWord.byte(bytes, targetEnd) == Ascii.space else { return .badRequest }
        return takeVersion(bytes, targetEnd &+ 1, end)
    }

    private mutating func takeVersion(_ bytes: RawSpan, _ start: Int, _ end: Int) -> HeadFault? {
        switch HTTPVersion.parse(bytes, start, end) {
        case .one(let minor): minorVersion = minor
        case .unsupported where comesByHTTP2: minorVersion = 1
        case .unsupported: return .versionNotSupported
        case .malformed: return .badRequest
        }
        return nil
    }

    @inline(__always)
    private mutating func takeField(_ bytes: RawSpan, _ start: Int, _ end: Int, _ limits: HeadLimits) -> HeadFault? {
        guard let field = FieldLine.parse(bytes, start, end) else { return .badRequest }
        guard fields.count < limits.headerCount else { return .headerTooLarge }
        let isRepeated = fields.contains(field.known)
        fields.append(field)
        return field.known == .other ? nil : takeKnown(field, isRepeated: isRepeated, bytes)
    }

    private mutating func takeKnown(_ field: HeaderField, isRepeated: Bool, _ bytes: RawSpan) -> HeadFault? {
        switch field.known {
        case .host:
            guard host == nil, HostName.isValid(bytes, field.value) else { return .badRequest }
            host = field.value
        case .contentLength, .transferEncoding, .connection:
            return framingFields.take(field, bytes)
        case .authorization, .contentRange, .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince, .ifRange:
            // nginx refuses a second one: a plugin could go by one, and the upstream by the other.
            if isRepeated { return .badRequest }
        case .expect:
            if isRepeated { return .badRequest }
            expectsContinue = expectsContinue || minorVersion > 0 && Token.equals(bytes, field.value, "100-continue")
        case .upgrade:
            upgradesToWebSocket = upgradesToWebSocket || Token.equals(bytes, field.value, "websocket")
        default:
            break
        }
        return nil
    }

    /// What only the whole head can tell. The order is nginx's: a TRACE without a Host gets 400.
    private mutating func finish(_ end: Int) -> HeadFault? {
        if minorVersion > 0 && host == nil { return .badRequest }
        // HTTP/1.0 knows no transfer codings: one hop would read a body where another sees none (RFC 9112, 6.1).
        if minorVersion == 0 && framingFields.isChunked { return .badRequest }
        if method == .trace || method == .connect { return .methodNotAllowed }
        byteCount = end &+ 2
        return nil
    }
}
