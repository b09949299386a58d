// Writes the request that goes to the upstream: the client's head with Kong's changes (proxy headers, Host, the joined
// path) and those of plugins.

import NIOCore
import PluginKit
import Wire

/// How the upstream request's body is delimited.
enum UpstreamFraming: Equatable {
    case none
    case length(UInt64)
    case chunked
}

/// What every request on a client connection tells the upstream about that connection.
struct ForwardedFacts {
    /// The connecting peer's address, as text.
    let peer: [UInt8]
    /// Ready lines for a peer that isn't trusted: X-Real-IP, X-Forwarded-Proto and X-Forwarded-Port.
    let lines: [UInt8]
    let isTrusted: Bool
    /// The client's address as a balancer told it by the PROXY protocol.
    var proxied: [UInt8]?
    var proxiedPort: Int?
    let port: [UInt8]
    /// The connecting peer's own port; 0 for none.
    var peerPort = 0
    /// When the connection was accepted, in milliseconds.
    var acceptedAt: Int64 = 0
    /// What was agreed in the TLS handshake, where a log tells that.
    var tls: TLSFacts?
    let scheme: StaticString

    init(peer: [UInt8], port: Int, isTLS: Bool, isTrusted: Bool) {
        self.peer = peer
        self.isTrusted = isTrusted
        self.port = Array(String(port).utf8)
        scheme = isTLS ? "https" : "http"
        let address = String(decoding: peer, as: UTF8.self)
        lines = Array(
            "X-Real-IP: \(address)\r\nX-Forwarded-Proto: \(scheme)\r\nX-Forwarded-Port: \(port)\r\n".utf8)
    }
}

enum RequestWriter {
    /// Replaced by the gateway, or concerning one connection only (nginx removes TE, Keep-Alive and Expect).
    private static let replaced = HeaderMask(
        .host, .connection, .keepAlive, .te, .expect, .upgrade, .transferEncoding, .contentLength,
        .xRealIP, .xForwardedFor, .xForwardedProto, .xForwardedHost, .xForwardedPort)

    /// Appends the whole head of the upstream request to `out`.
    ///
    /// - Parameter ownHost: the Host header for routes that don't preserve the client's.
    static func write(
        _ x: Exchange, _ plan: RoutePlan, _ service: ServicePlan, host ownHost: [UInt8], _ match: RouteMatch,
        _ facts: ForwardedFacts, _ framing: UpstreamFraming, to out: inout ByteBuffer
    ) {
        let buffer = x.request.bytes
        let head = buffer.readableBytesUInt8Span
        if let changed = x.request.changedMethod {
            out.writeBytes(changed.name)
        } else {
            out.writeBytes(head.extracting(x.request.head.methodSlice.range).bytes)
        }
        out.writeInteger(UInt8(ascii: " "))
        writePath(x, plan, service, match, head, to: &out)
        writeQuery(x, head, to: &out)
        out.writeStaticString(" HTTP/1.1\r\n")
        if !x.request.edits.concerns(host) { writeHost(x, plan, ownHost, head, to: &out) }
        if x.request.head.upgradesToWebSocket {
            out.writeStaticString("Connection: upgrade\r\nUpgrade: websocket\r\n")
        } else {
            out.writeStaticString("Connection: keep-alive\r\n")
        }
        writeForwarded(x, facts, head, to: &out)
        HeaderCopy.append(x.request.head.fields, of: head, without: replaced, x.request.edits, to: &out)
        x.request.edits.writeAdditions(into: &out)
        switch framing {
        case .none: break
        case .length(let count):
            out.writeStaticString("Content-Length: ")
            out.writeDecimal(count)
            out.writeStaticString("\r\n")
        case .chunked: out.writeStaticString("Transfer-Encoding: chunked\r\n")
        }
        out.writeStaticString("\r\n")
    }

    private static let host: HeaderName = "Host"

    static func writePath(
        _ x: Exchange, _ plan: RoutePlan, _ service: ServicePlan, _ match: RouteMatch, _ head: borrowing Span<UInt8>,
        to out: inout ByteBuffer
    ) {
        if let replaced = x.request.replacedPath {
            out.writeBytes(replaced)
            return
        }
        let path = head.extracting(x.request.head.path.range)
        if plan.service == nil {
            out.writeBytes(path.bytes)
        } else {
            let base = service.path
            let joined = UpstreamPath(base: base.span, path: path, match: match, stripPath: plan.stripPath)
            out.writeBytes(base.span.extracting(first: joined.baseCount).bytes)
            out.writeBytes(path.extracting(droppingFirst: joined.pathStart).bytes)
        }
    }

    static func writeQuery(_ x: Exchange, _ head: borrowing Span<UInt8>, to out: inout ByteBuffer) {
        if let replaced = x.request.replacedQuery {
            if !replaced.isEmpty {
                out.writeInteger(UInt8(ascii: "?"))
                out.writeBytes(replaced)
            }
        } else if let query = x.request.head.query {
            out.writeInteger(UInt8(ascii: "?"))
            out.writeBytes(head.extracting(query.range).bytes)
        }
    }

    private static func writeHost(
        _ x: Exchange, _ plan: RoutePlan, _ ownHost: [UInt8], _ head: borrowing Span<UInt8>, to out: inout ByteBuffer
    ) {
        out.writeStaticString("Host: ")
        if plan.preserveHost, plan.service != nil, let host = x.request.head.host, !host.isEmpty {
            out.writeBytes(head.extracting(host.range).bytes)
        } else {
            out.writeBytes(ownHost)
        }
        out.writeStaticString("\r\n")
    }

    /// proxy.md section 4: X-Forwarded-For always gains the peer; the others are kept only from trusted peers.
    private static func writeForwarded(
        _ x: Exchange, _ facts: ForwardedFacts, _ head: borrowing Span<UInt8>, to out: inout ByteBuffer
    ) {
        let fields = x.request.head.fields
        writeForwardedFor(fields, facts, head, to: &out)
        guard facts.isTrusted else {
            out.writeBytes(facts.lines)
            writeForwardedHost(x, head, to: &out)
            return
        }
        out.writeStaticString("X-Real-IP: ")
        out.writeBytes(x.clientAddress)
        out.writeStaticString("\r\n")
        if !copy(.xForwardedProto, "X-Forwarded-Proto: ", fields, head, to: &out) {
            out.writeStaticString("X-Forwarded-Proto: ")
            out.writeStaticString(facts.scheme)
            out.writeStaticString("\r\n")
        }
        if !copy(.xForwardedPort, "X-Forwarded-Port: ", fields, head, to: &out) {
            out.writeStaticString("X-Forwarded-Port: ")
            out.writeBytes(facts.port)
            out.writeStaticString("\r\n")
        }
        if !copy(.xForwardedHost, "X-Forwarded-Host: ", fields, head, to: &out) {
            writeForwardedHost(x, head, to: &out)
        }
    }

    private static func writeForwardedFor(
        _ fields: HeaderList, _ facts: ForwardedFacts, _ head: borrowing Span<UInt8>, to out: inout ByteBuffer
    ) {
        out.writeStaticString("X-Forwarded-For: ")
        if fields.contains(.xForwardedFor) {
            for index in 0..<fields.count where fields[index].known == .xForwardedFor {
                out.writeBytes(head.extracting(fields[index].value.range).bytes)
                out.writeStaticString(", ")
            }
        }
        out.writeBytes(facts.peer)
        out.writeStaticString("\r\n")
    }

    private static func copy(
        _ known: KnownHeader, _ label: StaticString, _ fields: HeaderList, _ head: borrowing Span<UInt8>,
        to out: inout ByteBuffer
    ) -> Bool {
        guard let field = fields.first(known) else { return false }
        out.writeStaticString(label)
        out.writeBytes(head.extracting(field.value.range).bytes)
        out.writeStaticString("\r\n")
        return true
    }

    /// nginx' $host: in lower case and without the port; `kong`, its server_name, for a request without Host.
    private static func writeForwardedHost(_ x: Exchange, _ head: borrowing Span<UInt8>, to out: inout ByteBuffer) {
        out.writeStaticString("X-Forwarded-Host: ")
        if let host = x.request.head.host, !host.isEmpty {
            let value = head.extracting(host.range)
            for index in 0..<HostText.plainNameCount(value) { out.writeInteger(Ascii.lowercased(value[index])) }
        } else {
            out.writeStaticString("kong")
        }
        out.writeStaticString("\r\n")
    }
}

/// The parts of a Host value.
package enum HostText {
    /// How many bytes the host takes before its port: up to the last colon outside brackets.
    package static func nameCount(_ host: borrowing Span<UInt8>) -> Int {
        var index = host.count - 1
        while index >= 0 {
            if host[index] == UInt8(ascii: "]") { return host.count }
            if host[index] == UInt8(ascii: ":") { return index }
            index -= 1
        }
        return host.count
    }

    /// The same, less the dot that ends a name in full, as in nginx's `$host`.
    package static func plainNameCount(_ host: borrowing Span<UInt8>) -> Int {
        let count = nameCount(host)
        return count > 1 && host[count - 1] == UInt8(ascii: ".") ? count - 1 : count
    }
}
