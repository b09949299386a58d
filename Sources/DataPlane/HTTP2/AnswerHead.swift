// An upstream's header block becomes the head of an HTTP/1 answer, for the code that reads answers. As with requests,
// nothing may become more than one line on the way.

import NIOCore
import NIOHPACK
import Wire

enum AnswerHead {
    /// The head that stands for `block`, and the end of the body if there is none; nil for a malformed one.
    static func write(_ block: HPACKHeaders, toHead: Bool, endsStream: Bool) -> (
        bytes: ByteBuffer, framing: StreamFraming
    )? {
        guard let status = block.first(name: ":status").flatMap({ Int($0) }), (100...999).contains(status),
            status != 101
        else { return nil }
        var out = ByteBuffer()
        out.reserveCapacity(1024)
        out.writeStatusLine(status)
        var hasLength = false
        for (name, value, _) in block where name.utf8.first != UInt8(ascii: ":") {
            guard FieldText.isName(name), FieldText.isValue(value) else { return nil }
            if name == "content-length" { hasLength = true }
            out.writeString(name)
            out.writeStaticString(": ")
            out.writeString(value)
            out.writeStaticString("\r\n")
        }
        let hasNoBody = toHead || status < 200 || status == 204 || status == 304
        let framing = hasLength || hasNoBody ? StreamFraming.plain : .chunked
        if framing == .chunked { out.writeStaticString("transfer-encoding: chunked\r\n") }
        out.writeStaticString("\r\n")
        if framing == .chunked, endsStream { out.writeStaticString("0\r\n\r\n") }
        return (out, framing)
    }
}
