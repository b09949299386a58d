// The spans of a request, as Kong's plugin makes them: the request itself, what the proxy did for it, and within that
// the phases and the attempts to get an answer.

import PluginKit
import Schema
import Wire

struct ZipkinSpans {
    private let x: Exchange
    private let facts: LogFacts
    private let trace: Trace
    private let traceID: [UInt8]
    /// When the answer was written, in milliseconds since the epoch.
    private let end: Int64

    init(_ x: Exchange, _ trace: Trace) {
        self.x = x
        self.trace = trace
        facts = x.logFacts ?? LogFacts()
        end = max(x.nowMilliseconds, x.startedAtMilliseconds)
        var digits: [UInt8] = []
        if let high = trace.high { digits.append(hexadecimal: high) }
        digits.append(hexadecimal: trace.low)
        traceID = digits
    }

    /// Appends the spans as JSON, separated by commas, in the order in which they end.
    ///
    /// - Parameter node: the node's id.
    func write(node: [UInt8], to text: inout [UInt8]) {
        var spans = phases
        spans.append(proxy)
        spans.append(request(node))
        for (place, span) in spans.enumerated() {
            if place > 0 { text.append(Ascii.comma) }
            span.write(traceID: traceID, to: &text)
        }
    }

    /// The error page of a request that was refused before it met a plugin: nginx makes another request of it.
    private var isRefusal: Bool { facts.isErrorPage && !trace.ranAccess }

    private var start: Int64 { x.startedAtMilliseconds }

    private func child(_ name: StaticString, from start: Int64, to end: Int64) -> ZipkinSpan {
        ZipkinSpan(name, id: x.randomID(), parent: trace.proxySpan, from: start, to: end)
    }

    private var phases: [ZipkinSpan] {
        let hasBody = x.request.head.method != .head
        let header = trace.headAt.map { child("kong.header_filter", from: $0, to: hasBody ? $0 : end) }
        let tries = facts.tries ?? []
        var spans: [ZipkinSpan] = []
        if hasBody, let header { spans.append(header) }
        if !isRefusal {
            spans.append(
                ZipkinSpan(
                    "kong.rewrite", id: x.randomID(), parent: trace.requestSpan, from: start, to: start))
        }
        if trace.ranAccess {
            spans.append(child("kong.access", from: start, to: tries.first?.startedAt ?? end))
        }
        for (place, each) in tries.enumerated() {
            spans.append(attempt(each, number: place + 1, of: tries.count))
        }
        if !hasBody, let header { spans.append(header) }
        if hasBody, let headAt = trace.headAt {
            spans.append(child("kong.body_filter", from: headAt, to: end))
        }
        return spans
    }

    /// It ends where it begins: what Kong measures is how long the choice of the address took.
    private func attempt(_ attempt: LogTry, number: Int, of count: Int) -> ZipkinSpan {
        var span = child("kong.balancer", from: attempt.startedAt, to: attempt.startedAt)
        span.peer = ZipkinSpan.Peer(address: attempt.ip, port: attempt.port)
        span.tag("kong.balancer.try", number)
        if number < count {
            span.tag("error", Array("true".utf8))
            span.tag("kong.balancer.state", Array("failed".utf8))
            if let code = attempt.failedWith { span.tag("kong.balancer.code", code) }
        }
        return span
    }

    private var proxy: ZipkinSpan {
        let start = trace.ranAccess ? start : trace.headAt ?? end
        var span = ZipkinSpan(
            "kong.proxy", id: trace.proxySpan, parent: trace.requestSpan, from: start, to: end)
        span.kind = "CLIENT"
        if let last = facts.tries?.last {
            span.peer = ZipkinSpan.Peer(address: last.ip, port: last.port)
            span.tag("peer.hostname", facts.peerName)
        } else if x.route != nil {
            span.peer.port = intendedPort
        }
        if let service = x.service {
            span.serviceName = service.name
            span.tag("kong.service", service.id)
            if let route = x.route { span.tag("kong.route", route.id) }
        }
        return span
    }

    /// The port that would have been asked: the service's, or where there is none the one in the request.
    private var intendedPort: Int {
        if let service = x.service { return service.row["port"]?.number.map { Int($0) } ?? 80 }
        guard let host = x.request.head.host else { return x.serverPort }
        let value = x.request.copy(host)
        guard let colon = value.lastIndex(of: Ascii.colon),
            let port = Int(String(decoding: value[(colon + 1)...], as: UTF8.self))
        else { return x.isTLS ? 443 : 80 }
        return port
    }

    private func request(_ node: [UInt8]) -> ZipkinSpan {
        var span = ZipkinSpan(
            "kong.request", id: trace.requestSpan, parent: trace.parent, from: start, to: end)
        span.kind = "SERVER"
        span.peer = ZipkinSpan.Peer(address: x.clientAddress, port: facts.clientPort)
        span.tag("component", Array("kong".utf8))
        let uri = x.request.copy(x.request.head.uri)
        if !uri.isEmpty {
            let method = x.request.copy(x.request.head.methodSlice)
            span.tag(
                "http.method", isRefusal && method != Array("HEAD".utf8) ? Array("GET".utf8) : method)
            span.tag("http.url", Array("\(x.isTLS ? "https" : "http")://".utf8) + facts.host + port + uri)
        }
        span.tag("http.status_code", x.response.status)
        span.tag("kong.consumer", x.consumer?.id)
        span.tag("kong.credential", x.credential?.id)
        span.tag("kong.node.id", node)
        return span
    }

    private var port: [UInt8] { Array(":\(x.serverPort)".utf8) }
}
