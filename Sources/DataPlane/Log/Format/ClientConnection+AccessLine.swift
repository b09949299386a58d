// The values of the variables in a format of one's own, taken from a request that is answered.

import Glibc
import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// Puts together and appends the line of a log that has a format.
    func writeAccessLine(_ format: LogFormat, to log: LogBuffer) {
        var line = log.takeLine()
        fill(&line, format)
        log.append(line)
    }

    /// Whether a text with variables is neither empty nor 0, as nginx' conditions have it.
    func holds(_ condition: LogFormat) -> Bool {
        var line = LogLine()
        fill(&line, condition)
        return !line.bytes.isEmpty && line.bytes != [Ascii.zero]
    }

    /// Puts a text with variables together.
    func fill(_ line: inout LogLine, _ format: LogFormat) {
        line.begin(format.escape)
        for part in format.parts {
            switch part {
            case .text(let text): line.append(plain: text)
            case .variable(let variable): append(variable, to: &line)
            }
        }
    }

    private func append(_ variable: LogVariable, to line: inout LogLine) {
        switch variable {
        case .known(let name): appendRequest(name, to: &line)
        case .requestHeader(let name): line.append(requestHeader(name))
        case .upstreamHeader(let name): line.append(upstreamHeader(name))
        case .sentHeader(let name): line.append(toldHeader(name))
        case .upstreamCookie(let name): line.append(upstreamCookie(name))
        case .argument(let name): line.append(argument(name))
        case .cookie(let name): line.append(cookie(name))
        }
    }

    private func append(_ slice: Slice?, to line: inout LogLine) {
        guard let slice, !slice.isEmpty else { return line.appendMissing() }
        let buffer = exchange.request.bytes
        line.append(buffer.readableBytesUInt8Span.extracting(slice.range))
    }

    /// What the client asked for, and when.
    private func appendRequest(_ name: LogVariable.Known, to line: inout LogLine) {
        let head = exchange.request.head
        switch name {
        case .request: append(requestLine, to: &line)
        case .request_method: append(head.methodSlice, to: &line)
        case .request_uri: append(head.uri, to: &line)
        case .uri, .document_uri: line.append(head.path.isEmpty ? nil : decodedPath)
        case .args, .query_string: append(head.query, to: &line)
        case .is_args: if let query = head.query, !query.isEmpty { line.append(plain: "?") }
        case .server_protocol:
            line.append(plain: head.comesByHTTP2 ? "HTTP/2.0" : head.minorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1")
        case .content_type: append(head.fields.first(.contentType)?.value, to: &line)
        case .content_length:
            // nginx knows the length of a chunked body that it has read whole.
            if isCollected, head.framing == .chunked { return line.append(body.byteCount) }
            append(head.fields.first(.contentLength)?.value, to: &line)
        case .host: line.append(lowercasedHost)
        case .request_length: line.append(receivedBytes)
        case .request_time: line.append(milliseconds: loop.clock.nowMilliseconds() - exchange.startedAtMilliseconds)
        case .request_completion: if isComplete { line.append(plain: "OK") }
        case .http2: if head.comesByHTTP2 { line.append(plain: listener.isTLS ? "h2" : "h2c") }
        case .request_id: for _ in 0..<2 { line.append(hexadecimal: .random(in: .min ... .max)) }
        case .time_local: line.append(plain: logs.first.localTime)
        case .time_iso8601: line.append(plain: logs.first.isoTime)
        case .msec: line.append(milliseconds: loop.clock.nowMilliseconds())
        default: appendAnswer(name, to: &line)
        }
    }

    /// What came of it.
    private func appendAnswer(_ name: LogVariable.Known, to line: inout LogLine) {
        switch name {
        case .status: line.append(exchange.response.status)
        case .body_bytes_sent: line.append(exchange.response.bodyBytesSent)
        case .bytes_sent: line.append(exchange.response.bytesSent)
        case .gzip_ratio: appendRatio(to: &line)
        case .upstream_addr: join(&line) { line, each in line.append(each.address.span) }
        case .upstream_status: join(&line) { line, each in append(each.status, to: &line) }
        case .upstream_connect_time: join(&line) { line, each in append(each.connectedAt, since: each, to: &line) }
        case .upstream_header_time: join(&line) { line, each in append(each.headAt, since: each, to: &line) }
        case .upstream_response_time:
            let now = loop.clock.nowMilliseconds()
            join(&line) { line, each in append(each.endedAt ?? now, since: each, to: &line) }
        case .upstream_response_length: join(&line) { line, each in line.append(each.bodyBytes + each.framingBytes) }
        case .upstream_bytes_sent: join(&line) { line, each in line.append(each.sent) }
        case .upstream_bytes_received: join(&line) { line, each in line.append(each.received) }
        default: appendConnection(name, to: &line)
        }
    }

    /// Who asked, and where.
    private func appendConnection(_ name: LogVariable.Known, to line: inout LogLine) {
        switch name {
        case .remote_addr: line.append(exchange.clientAddress)
        case .remote_port: if exchange.clientAddress == facts.peer { appendPort(to: &line) }
        case .realip_remote_port: appendPort(to: &line)
        case .proxy_add_x_forwarded_for: line.append(forwardedFor)
        case .remote_user: line.append(remoteUser)
        case .realip_remote_addr: line.append(facts.peer)
        case .proxy_protocol_addr: line.append(facts.proxied)
        case .proxy_protocol_port: if let port = facts.proxiedPort { line.append(port) } else { line.appendMissing() }
        case .server_addr: line.append(exchange.serverAddress)
        case .server_port: line.append(listener.port)
        case .server_name: line.append(plain: "kong")
        case .hostname: line.append(plain: Self.hostname)
        case .scheme: line.append(plain: facts.scheme)
        case .https: if listener.isTLS { line.append(plain: "on") }
        case .connection: line.append(exchange.connectionSerial)
        case .connection_time: line.append(milliseconds: loop.clock.nowMilliseconds() - facts.acceptedAt)
        case .connection_requests: line.append(exchange.requestNumber)
        case .pid: line.append(getpid())
        case .pipe: line.append(plain: pendingBytes > 0 ? "p" : ".")
        default: appendHandshake(name, to: &line)
        }
    }

    private static let hostname: [UInt8] = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return [] }
        return name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    }()

    // MARK: - Tries

    private func join(_ line: inout LogLine, _ append: (inout LogLine, UpstreamTry) -> Void) {
        if tries.isEmpty { return line.appendMissing() }
        for (place, each) in tries.enumerated() {
            if place > 0 { line.append(plain: ", ") }
            append(&line, each)
        }
    }

    private func append(_ status: Int?, to line: inout LogLine) {
        if let status { line.append(status) } else { line.append(plain: "-") }
    }

    private func append(_ time: Int64?, since start: UpstreamTry, to line: inout LogLine) {
        if let time { line.append(milliseconds: time - start.startedAt) } else { line.append(plain: "-") }
    }

    // MARK: - Parts of the messages

    /// nginx' $host: in lower case and without the port; its server_name for a request that tells none.
    private var lowercasedHost: [UInt8] {
        guard let host = exchange.request.head.host, !host.isEmpty else { return Array("kong".utf8) }
        let value = exchange.request.copy(host)
        return value[..<HostText.nameCount(value.span)].map(Ascii.lowercased)
    }

    private var decodedPath: [UInt8] {
        let path = exchange.request.copy(exchange.request.head.path)
        var decoded: [UInt8] = []
        var place = 0
        while place < path.count {
            if path[place] == Ascii.percent, place + 2 < path.count, let high = Ascii.hexValue(path[place + 1]),
                let low = Ascii.hexValue(path[place + 2])
            {
                decoded.append(high << 4 | low)
                place += 3
            } else {
                decoded.append(path[place])
                place += 1
            }
        }
        return decoded
    }

    /// A header as it was received. Of one that may be a list over several lines nginx tells all.
    private func requestHeader(_ name: HeaderName) -> [UInt8]? {
        let request = exchange.request
        let buffer = request.bytes
        let bytes = buffer.readableBytesUInt8Span
        var joined: [UInt8]?
        for index in 0..<request.head.fields.count {
            let field = request.head.fields[index]
            guard Self.isName(bytes.extracting(field.name.range), name) else { continue }
            let value = request.copy(field.value)
            guard let known = joined else {
                joined = value
                if name.known != .xForwardedFor, name.known != .cookie { return joined }
                continue
            }
            joined = known + Array((name.known == .cookie ? "; " : ", ").utf8) + value
        }
        return joined
    }

    /// Variables have `_` where names have `-`.
    private static func isName(_ bytes: Span<UInt8>, _ name: HeaderName) -> Bool {
        guard bytes.count == name.lowered.count else { return false }
        for index in bytes.indices {
            let byte = bytes[index] == UInt8(ascii: "_") ? UInt8(ascii: "-") : Ascii.lowercased(bytes[index])
            if byte != name.lowered[index] { return false }
        }
        return true
    }

    private func upstreamHeader(_ name: HeaderName) -> [UInt8]? {
        exchange.response.received(name)
    }

    /// Every line of a header as the client gets it.
    func sentHeaders(_ name: HeaderName) -> [[UInt8]] {
        let response = exchange.response
        let added = response.edits.values(of: name).map { Array($0) }
        if response.edits.hides(name.lowered.span, name.known) { return added }
        let own = sent?.fields.filter { $0.name == name }.map(\.value) ?? []
        return response.receivedAll(name) + own + added
    }

    /// A header of the answer as the client gets it, but for what is added while the head is written; of several lines
    /// the first.
    func sentHeader(_ name: HeaderName) -> [UInt8]? {
        let response = exchange.response
        if let added = response.edits.values(of: name).first { return Array(added) }
        if response.edits.hides(name.lowered.span, name.known) { return nil }
        return response.received(name) ?? sent?.fields.first { $0.name == name }?.value
    }

    private func argument(_ name: [UInt8]) -> [UInt8]? {
        guard let query = exchange.request.head.query else { return nil }
        for pair in exchange.request.copy(query).split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Self.isSame(parts[0], name) else { continue }
            return Array(parts[1])
        }
        return nil
    }

    private func cookie(_ name: [UInt8]) -> [UInt8]? {
        guard let cookies = requestHeader("Cookie") else { return nil }
        for pair in cookies.split(separator: UInt8(ascii: ";")) {
            let parts = pair.drop { $0 == Ascii.space }.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, Self.isSame(parts[0], name) { return Array(parts[1]) }
        }
        return nil
    }

    private static func isSame(_ text: ArraySlice<UInt8>, _ name: [UInt8]) -> Bool {
        text.elementsEqual(name) { Ascii.lowercased($0) == Ascii.lowercased($1) }
    }
}
