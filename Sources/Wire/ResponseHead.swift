// An upstream's status line and header fields as ranges into the bytes they came in. The framing rules are as
// strict as for requests: an answer that can be read in two ways becomes 502.

/// A parsed response head. All slices are relative to the first byte given to `parse`.
package struct ResponseHead: Sendable {
    package private(set) var status: UInt16 = 0
    /// The reason phrase, often empty.
    package private(set) var reason = Slice(0, 0)
    /// Status code and reason phrase as sent, for passing on.
    package private(set) var statusText = Slice(0, 0)
    /// The n of HTTP/1.n.
    package private(set) var minorVersion: UInt8 = 1
    package private(set) var fields = HeaderList()
    /// The head's length, the empty line after it included; valid once complete.
    package private(set) var byteCount = 0

    private var requestMethod = Method.get
    private var lines = LineReader()
    private var framingFields = FramingFields()

    package init() {}

    /// Whether this is a 1xx answer, after which another head follows; 101 is the last one.
    package var isInterim: Bool { status < 200 && status != 101 }

    /// Whether the connection now speaks another protocol.
    package var isUpgrade: Bool { status == 101 }

    /// How long the body is (RFC 9112 section 6.3); it depends on the request's method given to `reset`.
    package var framing: BodyFraming {
        if requestMethod == .head || status < 200 || status == 204 || status == 304 { return .none }
        if requestMethod == .connect && status < 300 { return .none }
        if framingFields.isChunked { return .chunked }
        return framingFields.contentLength.map { .length($0) } ?? .untilClose
    }

    /// `Content-Length` as sent, also where there is no body (HEAD, 304).
    package var contentLength: UInt64? { framingFields.contentLength }

    /// Whether another request may be sent on the connection once the body has come.
    package var keepAlive: Bool {
        if framing == .untilClose || isUpgrade { return false }
        // A transfer coding in HTTP/1.0 is faulty framing: read it, then close (RFC 9112 section 6.1).
        if minorVersion == 0 && framingFields.isChunked { return false }
        return framingFields.keepsAlive(minorVersion: minorVersion)
    }

    /// Makes ready for the answer to a request of this method; the fields' storage stays.
    package mutating func reset(for method: Method) {
        status = 0
        minorVersion = 1
        fields.reset()
        byteCount = 0
        requestMethod = method
        lines = LineReader()
        framingFields = FramingFields()
    }

    /// Reads on in `bytes`, which start where they started in the calls before and have grown since.
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
                return .needMore
            case .tooLong:
                return .invalid(.headerTooLarge)
            case .malformed:
                return .invalid(.badRequest)
            }
        }
    }

    private func lineLimit(_ limits: HeadLimits) -> Int {
        let line = status == 0 ? limits.startLineBytes : limits.headerLineBytes
        return min(lines.lineStart &+ line, limits.headBytes)
    }

    @inline(__always)
    private mutating func take(_ bytes: RawSpan, _ start: Int, _ end: Int, _ limits: HeadLimits) -> HeadFault? {
        if status == 0 { return takeStatusLine(bytes, start, end) }
        if start == end {
            byteCount = end &+ 2
            return nil
        }
        guard let field = FieldLine.parse(bytes, start, end) else { return .badRequest }
        guard fields.count < limits.headerCount else { return .headerTooLarge }
        fields.append(field)
        return field.known == .other ? nil : framingFields.take(field, bytes)
    }

    /// `HTTP/1.n SP 3DIGIT SP reason`; many servers leave out the reason and the blank before it.
    private mutating func takeStatusLine(_ bytes: RawSpan, _ start: Int, _ end: Int) -> HeadFault? {
        let code = start &+ 9
        guard end >= code &+ 3, case .one(let minor) = HTTPVersion.parse(bytes, start, start &+ 8),
            AsciiWord.byte(bytes, start &+ 8) == Ascii.space
        else { return .badRequest }
        var status: UInt16 = 0
        for offset in code..<(code &+ 3) {
            guard Ascii.isDigit(AsciiWord.byte(bytes, offset)) else { return .badRequest }
            status = status &* 10 &+ UInt16(AsciiWord.byte(bytes, offset) &- Ascii.zero)
        }
        let reasonStart = min(code &+ 4, end)
        guard status >= 100, end == code &+ 3 || AsciiWord.byte(bytes, code &+ 3) == Ascii.space else {
            return .badRequest
        }
        minorVersion = minor
        self.status = status
        statusText = Slice(code, end)
        reason = Slice(reasonStart, end)
        return nil
    }
}
