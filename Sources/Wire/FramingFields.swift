// Content-Length, Transfer-Encoding and Connection of one message, and what they say together. Anything that
// two parsers could read in two ways is refused (RFC 9112 sections 6.3 and 11.2).

struct FramingFields: Sendable {
    private(set) var contentLength: UInt64?
    private(set) var isChunked = false
    private(set) var wantsClose = false
    private(set) var wantsKeepAlive = false
    private(set) var wantsUpgrade = false

    /// Takes note of `field` when it is about framing; a fault when it contradicts an earlier one.
    mutating func take(_ field: HeaderField, _ bytes: RawSpan) -> HeadFault? {
        switch field.known {
        case .contentLength: takeContentLength(field.value, bytes)
        case .transferEncoding: takeTransferEncoding(field.value, bytes)
        case .connection: takeConnection(field.value, bytes)
        default: nil
        }
    }

    /// A second Content-Length is refused even when it is equal, as nginx does.
    private mutating func takeContentLength(_ value: Slice, _ bytes: RawSpan) -> HeadFault? {
        guard contentLength == nil, !isChunked, !value.isEmpty, value.count <= 19 else { return .badRequest }
        var length: UInt64 = 0
        for offset in value.range {
            let digit = AsciiWord.byte(bytes, offset) &- Ascii.zero
            guard digit < 10 else { return .badRequest }
            length = length &* 10 &+ UInt64(digit)
        }
        guard length <= UInt64(Int64.max) else { return .badRequest }
        contentLength = length
        return nil
    }

    private mutating func takeTransferEncoding(_ value: Slice, _ bytes: RawSpan) -> HeadFault? {
        guard Token.equals(bytes, value, "chunked") else { return .notImplemented }
        guard contentLength == nil, !isChunked else { return .badRequest }
        isChunked = true
        return nil
    }

    /// Nominating a field that frames or routes the message would have the next hop drop it: refused.
    private mutating func takeConnection(_ value: Slice, _ bytes: RawSpan) -> HeadFault? {
        var list = TokenList(value)
        while let token = list.next(bytes) {
            switch token.count {
            case 4: if Token.equals(bytes, token, "host") { return .badRequest }
            case 5: wantsClose = wantsClose || Token.equals(bytes, token, "close")
            case 7: wantsUpgrade = wantsUpgrade || Token.equals(bytes, token, "upgrade")
            case 10: wantsKeepAlive = wantsKeepAlive || Token.equals(bytes, token, "keep-alive")
            case 14: if Token.equals(bytes, token, "content-length") { return .badRequest }
            case 17: if Token.equals(bytes, token, "transfer-encoding") { return .badRequest }
            default: break
            }
        }
        return nil
    }

    /// Whether the connection outlives the message (RFC 9112 section 9.3).
    func keepsAlive(minorVersion: UInt8) -> Bool {
        !wantsClose && (minorVersion >= 1 || wantsKeepAlive)
    }
}
