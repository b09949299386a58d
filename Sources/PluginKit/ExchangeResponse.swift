// The answer's side of an exchange.

import NIOCore
import Wire

/// The answer on its way to the client.
package final class ExchangeResponse {
    /// HTTP status sent to the client.
    package var status = 0
    /// Whether the answer comes from an upstream, and not from the gateway or a plugin.
    package var isProxied = false
    /// The upstream's status line and headers; only when `isProxied`.
    package var head = ResponseHead()
    /// The bytes that `head` points into.
    package var bytes = ByteBuffer()
    /// The answer of the gateway or a plugin, when it is none of an upstream's.
    package var own: Response?
    /// Changes to the headers.
    package var edits = HeaderEdits()
    /// Whether the upstream's answer ended before it was complete.
    package var isTruncated = false
    /// The answer to give in place of the upstream's, when a response phase decided so.
    package var replacement: Response?
    /// Bytes of the head sent to the client.
    package var headBytesSent = 0
    /// Bytes sent to the client so far besides the head, as nginx counts them: the body with its chunked coding, and
    /// what was sent before the head.
    package var bodyBytesSent: UInt64 = 0

    package init() {}

    /// All that was sent to the client so far: nginx' $bytes_sent.
    package var bytesSent: UInt64 { UInt64(max(headBytesSent, 0)) + bodyBytesSent }

    func reset() {
        status = 0
        isProxied = false
        isTruncated = false
        replacement = nil
        if own != nil { own = nil }
        edits.reset()
        headBytesSent = 0
        bodyBytesSent = 0
    }

    /// The first value of a header as the client will get it, but for those that the gateway writes itself.
    package func header(_ name: HeaderName) -> [UInt8]? {
        let added = edits.values(of: name).first.map { Array($0) }
        if edits.hides(name.lowered.span, name.known) { return added }
        return received(name) ?? own?.fields.first { $0.name == name }?.value ?? added
    }

    /// The first value of a header as the upstream sent it; nil when it is absent or the answer is the gateway's own.
    package func received(_ name: HeaderName) -> [UInt8]? {
        guard isProxied, name.known == .other || head.fields.contains(name.known) else { return nil }
        let bytes = bytes
        let span = bytes.readableBytesUInt8Span
        for field in head.fields where name.matches(span.extracting(field.name.range)) {
            return bytes.getBytes(at: bytes.readerIndex + Int(field.value.start), length: Int(field.value.count))
        }
        return nil
    }

    /// The values of every line of that name; none when the answer is the gateway's own.
    package func receivedAll(_ name: HeaderName) -> [[UInt8]] {
        guard isProxied else { return [] }
        let bytes = bytes
        let span = bytes.readableBytesUInt8Span
        var values: [[UInt8]] = []
        for field in head.fields where name.matches(span.extracting(field.name.range)) {
            let start = bytes.readerIndex + Int(field.value.start)
            values.append(bytes.getBytes(at: start, length: Int(field.value.count)) ?? [])
        }
        return values
    }
}
