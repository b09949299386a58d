// Writes answers to the client: those of upstreams with Kong's changes, and those the gateway makes.

import NIOCore
import PluginKit
import Wire

/// How the body of an answer is delimited towards the client.
enum ClientFraming: Equatable {
    /// No body and no word about it (204, 304, 1xx), or the length is among the upstream's headers.
    case asUpstream
    case chunked
    /// The end of the connection ends the body.
    case untilClose
}

/// The times of an exchange, in milliseconds.
struct Latencies {
    var proxy: Int64 = 0
    var upstream: Int64 = 0
}

enum ResponseWriter {
    private static let hopByHop = HeaderMask(.connection, .keepAlive, .transferEncoding, .xAccel)
    private static let replacedProxied = HeaderMask(
        .connection, .keepAlive, .transferEncoding, .xAccel, .via, .xKongProxyLatency, .xKongUpstreamLatency)
    static let viaLine: StaticString = "Via: kong/1.1.2\r\n"
    static let serverLine: StaticString = "Server: kong/1.1.2\r\n"

    /// Appends the head of a proxied answer.
    static func writeProxied(
        _ x: Exchange, _ headers: ProxyConfiguration.Headers, _ framing: ClientFraming, keepAlive: Bool,
        _ latencies: Latencies, clock: LoopClock, to out: inout ByteBuffer
    ) {
        let buffer = x.response.bytes
        let head = buffer.readableBytesUInt8Span
        writeStatusLine(x, head, to: &out)
        // An unset Via or latency of ours leaves the upstream's alone, as nginx only replaces what it sets.
        let mask = headers.via && headers.proxyLatency && headers.upstreamLatency ? replacedProxied : hopByHop
        writeFields(x, head, mask, to: &out)
        if !x.response.head.fields.contains(.date), !x.response.edits.concerns(dateName) { clock.writeDate(to: &out) }
        writeConnection(x, framing, keepAlive: keepAlive, to: &out)
        writeMarks(x, headers, latencies, to: &out)
        x.response.edits.writeAdditions(into: &out)
        out.writeStaticString("\r\n")
    }

    private static let dateName: HeaderName = "Date"
    private static let serverName: HeaderName = "Server"
    private static let contentType: HeaderName = "Content-Type"

    private static func writeStatusLine(_ x: Exchange, _ head: borrowing Span<UInt8>, to out: inout ByteBuffer) {
        if x.response.status == Int(x.response.head.status) {
            out.writeStatusLine(passingOn: head.extracting(x.response.head.statusText.range))
        } else {
            out.writeStatusLine(x.response.status)
        }
    }

    /// nginx adds `; charset=UTF-8` to textual types without a parameter (Kong sets `charset UTF-8`).
    private static func writeFields(
        _ x: Exchange, _ head: borrowing Span<UInt8>, _ mask: HeaderMask, to out: inout ByteBuffer
    ) {
        guard let type = x.response.head.fields.first(.contentType), !x.response.edits.concerns(contentType),
            Charset.isMissing(head.extracting(type.value.range))
        else {
            HeaderCopy.append(x.response.head.fields, of: head, without: mask, x.response.edits, to: &out)
            return
        }
        HeaderCopy.append(
            x.response.head.fields, of: head, without: mask.adding(.contentType), x.response.edits, to: &out)
        out.writeStaticString("Content-Type: ")
        out.writeBytes(head.extracting(type.value.range).bytes)
        out.writeStaticString("; charset=UTF-8\r\n")
    }

    private static func writeConnection(
        _ x: Exchange, _ framing: ClientFraming, keepAlive: Bool, to out: inout ByteBuffer
    ) {
        if x.response.status == 101 {
            out.writeStaticString("Connection: upgrade\r\n")
        } else {
            out.writeStaticString(keepAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n")
        }
        if framing == .chunked { out.writeStaticString("Transfer-Encoding: chunked\r\n") }
    }

    /// Kong's marks on what came from, or was meant for, an upstream.
    private static func writeMarks(
        _ x: Exchange, _ headers: ProxyConfiguration.Headers, _ latencies: Latencies, to out: inout ByteBuffer
    ) {
        if headers.upstreamLatency {
            out.writeStaticString("X-Kong-Upstream-Latency: ")
            out.writeDecimal(UInt64(max(latencies.upstream, 0)))
            out.writeStaticString("\r\n")
        }
        if headers.proxyLatency {
            out.writeStaticString("X-Kong-Proxy-Latency: ")
            out.writeDecimal(UInt64(max(latencies.proxy, 0)))
            out.writeStaticString("\r\n")
        }
        if headers.upstreamStatus, x.response.isProxied {
            out.writeStaticString("X-Kong-Upstream-Status: ")
            out.writeDecimal(UInt64(x.response.head.status))
            out.writeStaticString("\r\n")
        }
        if headers.via { out.writeStaticString(viaLine) }
    }

    /// Appends head and body of an answer of the gateway itself. `latencies` is given when an upstream was asked
    /// before, so that the answer carries Kong's marks.
    static func writeLocal(
        _ response: Response, _ x: Exchange, _ headers: ProxyConfiguration.Headers, _ framing: ClientFraming,
        withBody: Bool, keepAlive: Bool, _ latencies: Latencies?, clock: LoopClock, to out: inout ByteBuffer
    ) {
        out.writeStatusLine(x.response.status)
        clock.writeDate(to: &out)
        for field in response.fields where !x.response.edits.hides(field.name.bytes.span, field.name.known) {
            // nginx' answers without content have no type of one.
            if x.response.status == 204, field.name.known == .contentType { continue }
            out.writeBytes(field.name.bytes)
            out.writeStaticString(": ")
            out.writeBytes(field.value)
            if field.name.known == .contentType, Charset.isMissing(field.value.span) {
                out.writeStaticString("; charset=UTF-8")
            }
            out.writeStaticString("\r\n")
        }
        out.writeStaticString(keepAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n")
        if framing == .chunked {
            out.writeStaticString("Transfer-Encoding: chunked\r\n")
        } else if framing == .asUpstream, !hasNoBody(x.response.status) {
            out.writeStaticString("Content-Length: ")
            out.writeDecimal(UInt64(response.body.count))
            out.writeStaticString("\r\n")
        }
        let namesServer = response.fields.contains { $0.name.known == .server }
        if !namesServer, !x.response.edits.concerns(serverName) {
            out.writeStaticString(headers.server ? serverLine : "Server: gibbon\r\n")
        }
        if let latencies { writeMarks(x, headers, latencies, to: &out) }
        x.response.edits.writeAdditions(into: &out)
        out.writeStaticString("\r\n")
        if withBody { out.writeBytes(response.body) }
    }

    static func hasNoBody(_ status: Int) -> Bool {
        status == 204 || status == 304 || status < 200
    }
}

extension HeaderMask {
    fileprivate init(bits: UInt64) {
        self.bits = bits
    }

    fileprivate func adding(_ known: KnownHeader) -> HeaderMask {
        HeaderMask(bits: bits | 1 << UInt64(known.rawValue))
    }
}

/// Which content types nginx' `charset` directive applies to (its default charset_types and text/html).
enum Charset {
    private static let types: [StaticString] = [
        "text/html", "text/xml", "text/plain", "text/vnd.wap.wml", "application/javascript", "application/rss+xml",
    ]

    static func isMissing(_ value: borrowing Span<UInt8>) -> Bool {
        types.contains { value.equalsIgnoringCase($0) }
    }
}
