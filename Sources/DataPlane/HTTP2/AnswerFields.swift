// The head of an answer as a header block: names in small letters, without the fields that concern one HTTP/1
// connection (RFC 9113, section 8.2.2).

import NIOCore
import NIOHPACK
import Wire

enum AnswerFields {
    private static let connectionFields = HeaderMask(
        .connection, .keepAlive, .transferEncoding, .upgrade, .proxyConnection)

    /// Values that are different in every answer: to keep them would only push the others out of the table.
    private static let changing = HeaderMask(
        .contentLength, .date, .etag, .lastModified, .expires, .age, .setCookie, .location, .contentRange, .retryAfter,
        .xKongUpstreamLatency, .xKongProxyLatency, .xRequestID)

    /// The names by `KnownHeader.rawValue`.
    private static let names = KnownHeader.allCases.map { "\($0.name)" }

    /// The block for a head that lies at the beginning of `bytes`.
    static func block(_ head: ResponseHead, of bytes: ByteBuffer) -> HPACKHeaders {
        var block = HPACKHeaders()
        block.reserveCapacity(head.fields.count + 1)
        block.add(name: ":status", value: String(head.status))
        for field in head.fields where !connectionFields.contains(field.known) {
            let name = name(of: field, in: bytes)
            let start = bytes.readerIndex + Int(field.value.start)
            let value = bytes.getString(at: start, length: Int(field.value.count)) ?? ""
            block.add(name: name, value: value, indexing: changing.contains(field.known) ? .nonIndexable : .indexable)
        }
        return block
    }

    private static func name(of field: HeaderField, in bytes: ByteBuffer) -> String {
        if field.known != .other, field.known != .xAccel { return names[Int(field.known.rawValue)] }
        let start = bytes.readerIndex + Int(field.name.start)
        return bytes.getString(at: start, length: Int(field.name.count))?.lowercased() ?? ""
    }
}
