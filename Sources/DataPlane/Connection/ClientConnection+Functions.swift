// What functions written in Lua may ask about a connection and its event loop.

import NIOCore
import PluginKit
import Wire

extension ClientConnection: FunctionSurroundings {
    package var functionState: AnyObject? {
        get { loop.functionState }
        set { loop.functionState = newValue }
    }

    package var nowMilliseconds: Int64 { loop.clock.nowMilliseconds() }
    package var loopCount: Int { loop.team.members.count }
    package var logLevel: Int { loop.errorLog.level.number }

    package func log(_ level: Int, _ message: String) {
        loop.errorLog.log(LogLevel(number: level), message, context: errorContext)
    }

    package func variable(_ name: String) -> [UInt8]? {
        switch name {
        case "upstream_uri": return upstreamPath
        case "upstream_scheme":
            return Array((service?.usesTLS ?? listener.isTLS ? "https" : "http").utf8)
        case "upstream_host":
            guard plan?.preserveHost == true, let host = exchange.request.head.host else { return nil }
            return exchange.request.copy(host)
        case "upstream_x_forwarded_for": return self.variable("proxy_add_x_forwarded_for")
        case "upstream_x_forwarded_proto": return Array(facts.scheme.description.utf8)
        case "upstream_x_forwarded_port": return facts.port
        default: break
        }
        guard case .known? = LogVariable(name) else { return nil }
        var line = LogLine()
        guard let format = try? LogFormat("$\(name)", escape: .none) else { return nil }
        fill(&line, format)
        return line.bytes.isEmpty ? nil : line.bytes
    }

    package func isTrusted(_ address: [UInt8]) -> Bool {
        let text = String(decoding: address, as: UTF8.self)
        guard let parsed = try? SocketAddress(ipAddress: text, port: 0) else { return false }
        return configuration.trusted.contains(parsed)
    }

    package func hasUpstream(_ name: String) -> Bool { snapshot.upstreams[name] != nil }

    package func page(_ status: Int) -> Response {
        if ErrorPage.isKongs(status) {
            return ErrorPage.response(status, for: exchange.request, default: configuration.errorDefaultType)
        }
        guard let page = NginxPage.html(status) else { return Response(status: status) }
        return Response(status: status, fields: [.init("Content-Type", "text/html")], body: page)
    }

    package func closeUnanswered() {
        cutOff()
    }

    /// Of some headers that functions have set there can be only one: the upstream's takes its place.
    func preferUpstream() {
        for name in Self.singleHeaders where exchange.response.received(name) != nil {
            exchange.response.edits.forget(name)
        }
    }

    private static let singleHeaders: [HeaderName] = [
        "Content-Type", "Server", "Location", "Last-Modified", "ETag", "Accept-Ranges", "Content-Range", "Expires",
        "Content-Encoding", "Refresh", "WWW-Authenticate",
    ]

    /// The upstream was asked by another method than the client's, and one of them is HEAD: its answer has no body, or
    /// one that the client does not want.
    func reframe() {
        if exchange.request.head.method == .head {
            clientFraming = .asUpstream
        } else if exchange.request.method == .head {
            exchange.response.edits.remove("Content-Length")
            clientFraming = framingOfUnknownLength
        }
    }
}

extension LogLevel {
    /// nginx' number: 1 (emerg) to 8 (debug).
    fileprivate var number: Int {
        switch self {
        case .debug: 8
        case .info: 7
        case .notice: 6
        case .warn: 5
        case .error: 4
        case .crit: 3
        case .alert: 2
        case .emerg: 1
        }
    }

    fileprivate init(number: Int) {
        self = LogLevel.allCases.first { $0.number == number } ?? (number > 8 ? .debug : .emerg)
    }
}
