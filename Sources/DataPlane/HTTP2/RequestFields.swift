// The head of a request to an upstream as a header block (RFC 9113, section 8.3.1).

import NIOCore
import NIOHPACK
import Wire

enum RequestFields {
    private static let left = HeaderMask(
        .host, .connection, .keepAlive, .transferEncoding, .upgrade, .proxyConnection, .te, .expect)

    /// Values that hardly come twice.
    private static let changing = HeaderMask(.contentLength, .xForwardedFor, .xRealIP, .xRequestID)

    /// The block for a head that lies at the beginning of `bytes`.
    static func block(_ head: RequestHead, of bytes: ByteBuffer, isTLS: Bool) -> HPACKHeaders {
        func text(_ slice: Slice) -> String {
            bytes.getString(at: bytes.readerIndex + Int(slice.start), length: Int(slice.count)) ?? ""
        }
        var block = HPACKHeaders()
        block.reserveCapacity(head.fields.count + 5)
        block.add(name: ":method", value: text(head.methodSlice))
        block.add(name: ":scheme", value: isTLS ? "https" : "http")
        if let host = head.host { block.add(name: ":authority", value: text(host)) }
        block.add(name: ":path", value: text(head.target))
        for field in head.fields where !left.contains(field.known) {
            let name = text(field.name).lowercased()
            block.add(
                name: name, value: text(field.value),
                indexing: indexing(field.known))
        }
        // gRPC demands it, and what follows the body is passed on wherever it can be.
        block.add(name: "te", value: "trailers")
        return block
    }

    private static func indexing(_ name: KnownHeader) -> HPACKIndexing {
        if name == .authorization || name == .cookie { return .neverIndexed }
        return changing.contains(name) ? .nonIndexable : .indexable
    }
}
