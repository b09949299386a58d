// A request's header block becomes the head of an HTTP/1 message, so that a stream's request is read, checked and
// routed by the same code as any other. What could be read as more than one line, or in two ways, is refused here
// (RFC 9113, sections 8.2, 8.3 and 10.3).

import NIOCore
import Wire

/// What a header block says before its fields, as ranges of the block's bytes.
struct StreamHead {
    /// What the head says about the body.
    struct Message {
        var framing = StreamFraming.plain
        var contentLength: UInt64?
        var isHead = false
    }

    private var method: Slice?
    private var path: Slice?
    private var scheme: Slice?
    private var authority: Slice?
    /// Where the fields begin.
    private var firstField = 0

    /// Appends the head that stands for `block`; nil for a malformed one, of which nothing is of use.
    static func write(_ block: FieldBlock, endsStream: Bool, to out: inout ByteBuffer) -> Message? {
        let bytes = block.bytes.span
        var head = StreamHead()
        guard head.takePseudoFields(block, bytes), head.writeRequestLine(bytes, to: &out) else { return nil }
        var message = Message()
        if let method = head.method { message.isHead = bytes.extracting(method.range).equals("HEAD") }
        guard head.writeFields(block, bytes, &message, to: &out) else { return nil }
        if !endsStream, message.contentLength == nil {
            message.framing = .chunked
            out.writeStaticString("transfer-encoding: chunked\r\n")
        }
        out.writeStaticString("\r\n")
        return message
    }

    /// Whether a block may stand behind a body.
    static func areTrailers(_ block: FieldBlock) -> Bool {
        let bytes = block.bytes.span
        for field in block.fields {
            let name = bytes.extracting(field.name.range)
            let value = bytes.extracting(field.value.range)
            guard FieldText.isName(name), FieldText.isValue(value) else { return false }
            guard !concernsConnection(KnownHeader.lookup(name), value) else { return false }
        }
        return true
    }

    // MARK: - The request line

    private mutating func takePseudoFields(_ block: FieldBlock, _ bytes: Span<UInt8>) -> Bool {
        while firstField < block.fields.count {
            let field = block.fields[firstField]
            guard field.name.count > 0, bytes[Int(field.name.start)] == Ascii.colon else { return true }
            guard FieldText.isWord(bytes.extracting(field.value.range)) else { return false }
            let name = bytes.extracting(field.name.range)
            if name.equals(":method"), method == nil {
                method = field.value
            } else if name.equals(":path"), path == nil {
                path = field.value
            } else if name.equals(":scheme"), scheme == nil {
                scheme = field.value
            } else if name.equals(":authority"), authority == nil {
                authority = field.value
            } else {
                return false
            }
            firstField += 1
        }
        return true
    }

    private func writeRequestLine(_ bytes: Span<UInt8>, to out: inout ByteBuffer) -> Bool {
        guard let method, !method.isEmpty else { return false }
        out.writeBytes(bytes.extracting(method.range).bytes)
        if bytes.extracting(method.range).equals("CONNECT") {
            // It has neither scheme nor path, and is refused like one of HTTP/1.
            guard authority != nil, path == nil, scheme == nil else { return false }
            out.writeStaticString(" /")
        } else {
            guard let path, let scheme, !path.isEmpty, !scheme.isEmpty else { return false }
            let target = bytes.extracting(path.range)
            guard target[0] == Ascii.slash || target.equals("*") else { return false }
            out.writeInteger(Ascii.space)
            out.writeBytes(target.bytes)
        }
        out.writeStaticString(" HTTP/2.0\r\n")
        if let authority { out.writeHeader("host", bytes.extracting(authority.range)) }
        return true
    }

    // MARK: - The fields

    private func writeFields(
        _ block: FieldBlock, _ bytes: Span<UInt8>, _ message: inout Message, to out: inout ByteBuffer
    ) -> Bool {
        var hasCookie = false
        for index in firstField..<block.fields.count {
            let field = block.fields[index]
            let name = bytes.extracting(field.name.range)
            let value = bytes.extracting(field.value.range)
            guard FieldText.isName(name), FieldText.isValue(value) else { return false }
            let known = KnownHeader.lookup(name)
            switch known {
            case .cookie:
                hasCookie = true
                continue
            case .host:
                // The authority is what the request is for; another Host would be for whom reads HTTP/1 (8.3.1).
                if let authority {
                    guard value.isSame(as: bytes.extracting(authority.range)) else { return false }
                    continue
                }
            case .contentLength: message.contentLength = Self.number(value)
            default: if Self.concernsConnection(known, value) { return false }
            }
            Self.write(name, value, to: &out)
        }
        if hasCookie { writeCookies(block, bytes, to: &out) }
        return true
    }

    /// Cookies may come in crumbs, to be put together for whom does not speak HTTP/2 (section 8.2.3).
    private func writeCookies(_ block: FieldBlock, _ bytes: Span<UInt8>, to out: inout ByteBuffer) {
        var isFirst = true
        for index in firstField..<block.fields.count {
            let field = block.fields[index]
            guard bytes.extracting(field.name.range).equals("cookie") else { continue }
            if isFirst { out.writeStaticString("cookie: ") } else { out.writeStaticString("; ") }
            isFirst = false
            out.writeBytes(bytes.extracting(field.value.range).bytes)
        }
        out.writeStaticString("\r\n")
    }

    private static func write(_ name: Span<UInt8>, _ value: Span<UInt8>, to out: inout ByteBuffer) {
        out.writeBytes(name.bytes)
        out.writeStaticString(": ")
        out.writeBytes(value.bytes)
        out.writeStaticString("\r\n")
    }

    /// Fields that are about one connection of HTTP/1 may not come at all (section 8.2.2).
    private static func concernsConnection(_ known: KnownHeader, _ value: Span<UInt8>) -> Bool {
        switch known {
        case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade: true
        case .te: !value.equals("trailers")
        default: false
        }
    }

    /// The number in a Content-Length; the largest one where it is none, which the head's reader refuses.
    private static func number(_ value: Span<UInt8>) -> UInt64 {
        guard !value.isEmpty, value.count <= 19 else { return .max }
        var number: UInt64 = 0
        for index in value.indices {
            guard Ascii.isDigit(value[index]) else { return .max }
            number = number &* 10 &+ UInt64(value[index] &- Ascii.zero)
        }
        return number
    }
}

extension Span<UInt8> {
    fileprivate func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
