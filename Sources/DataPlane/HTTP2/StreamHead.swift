// A request's header block becomes the head of an HTTP/1 message, so that a stream's request is read, checked and
// routed by the same code as any other. What could be read as more than one line, or in two ways, is refused here
// (RFC 9113, sections 8.2, 8.3 and 10.3).

import NIOCore
import NIOHPACK
import Wire

/// Writes one head. NIO has checked the block before: order and number of pseudo-headers, names, and fields that
/// concern a connection. What an injected line would need is looked at again.
struct StreamHead {
    private(set) var out = ByteBuffer()
    private var method: String?
    private var path: String?
    private var scheme: String?
    private var authority: String?
    private var cookies: [String] = []
    private var hasContentLength = false
    private var hasRequestLine = false

    /// The head that stands for `block`; nil for a malformed one.
    static func write(_ block: HPACKHeaders, endsStream: Bool) -> (bytes: ByteBuffer, framing: StreamFraming)? {
        var head = StreamHead()
        head.out.reserveCapacity(1024)
        for (name, value, _) in block {
            guard head.take(name, value) else { return nil }
        }
        guard head.hasRequestLine || head.writeRequestLine() else { return nil }
        let framing = head.finish(endsStream)
        return (head.out, framing)
    }

    private mutating func take(_ name: String, _ value: String) -> Bool {
        guard name.utf8.first != UInt8(ascii: ":") else { return takePseudo(name, value) }
        guard hasRequestLine || writeRequestLine() else { return false }
        guard FieldText.isName(name), FieldText.isValue(value) else { return false }
        switch name {
        // The authority is what the request is for; another Host would be for whom reads HTTP/1 (section 8.3.1).
        case "host" where authority != nil: return value == authority
        case "cookie": cookies.append(value)
        default:
            if name == "content-length" { hasContentLength = true }
            writeField(name, value)
        }
        return true
    }

    private mutating func takePseudo(_ name: String, _ value: String) -> Bool {
        guard !hasRequestLine, FieldText.isWord(value) else { return false }
        switch name {
        case ":method" where method == nil: method = value
        case ":path" where path == nil: path = value
        case ":scheme" where scheme == nil: scheme = value
        case ":authority" where authority == nil: authority = value
        default: return false
        }
        return true
    }

    private mutating func writeRequestLine() -> Bool {
        guard let method, !method.isEmpty else { return false }
        hasRequestLine = true
        // CONNECT has neither; it is refused like one of HTTP/1.
        let target = method == "CONNECT" ? path ?? "/" : path ?? ""
        guard target.utf8.first == UInt8(ascii: "/") || target == "*" else { return false }
        out.writeString(method)
        out.writeInteger(UInt8(ascii: " "))
        out.writeString(target)
        out.writeStaticString(" HTTP/2.0\r\n")
        if let authority { writeField("host", authority) }
        return true
    }

    private mutating func finish(_ endsStream: Bool) -> StreamFraming {
        // Cookies may come in crumbs, to be put together for whom does not speak HTTP/2 (section 8.2.3).
        if !cookies.isEmpty { writeField("cookie", cookies.joined(separator: "; ")) }
        let framing = endsStream || hasContentLength ? StreamFraming.plain : .chunked
        if framing == .chunked { out.writeStaticString("transfer-encoding: chunked\r\n") }
        out.writeStaticString("\r\n")
        return framing
    }

    private mutating func writeField(_ name: String, _ value: String) {
        out.writeString(name)
        out.writeStaticString(": ")
        out.writeString(value)
        out.writeStaticString("\r\n")
    }
}

/// What names and values may be made of.
enum FieldText {
    /// A name in small letters.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ":") && !Ascii.isUppercase(byte)
            }
    }

    /// A value that stays in its line, without blanks at its ends.
    static func isValue(_ value: String) -> Bool {
        let bytes = value.utf8
        guard let first = bytes.first, let last = bytes.last else { return true }
        if isBlank(first) || isBlank(last) { return false }
        return bytes.allSatisfy { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
    }

    /// A value without blanks and control characters.
    static func isWord(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }
}
