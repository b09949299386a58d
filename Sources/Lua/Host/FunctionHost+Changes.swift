// Changing what goes to the upstream. Whatever could end a line of the request is encoded: a function may pass on what
// a client sent.

import PluginKit
import Wire

extension FunctionHost {
    static let requestChanging: [(name: String, body: Native)] = [
        ("set_method", { _, x, arguments, _ in x.request.changeMethod(arguments.bytes(0) ?? []) }),
        ("set_query", { _, x, arguments, _ in x.request.replacedQuery = (arguments.bytes(0) ?? []).encodedForTarget }),
        ("set_body", { _, x, arguments, _ in x.request.replacedBody = arguments.bytes(0) ?? [] }),
        ("set_header", { _, x, arguments, _ in setHeader(x, arguments) }),
        (
            "set_variable",
            { _, x, arguments, reply in
                if let fault = setVariable(arguments.text(0), arguments.bytes(1) ?? [], x) { reply.add(fault) }
            }
        ),
        (
            "set_target",
            { _, x, arguments, _ in
                let host = arguments.text(0)
                x.request.upstream = x.request.upstream ?? UpstreamChange()
                x.request.upstream?.host = host
                x.request.upstream?.port = arguments.integer(1)
                x.request.edits.set("Host", Array(host.utf8).encodedForHeader)
            }
        ),
        (
            "set_upstream",
            { host, x, arguments, reply in
                let name = arguments.text(0)
                guard host.surroundings?.hasUpstream(name) ?? false else { return reply.add(false) }
                x.request.upstream = x.request.upstream ?? UpstreamChange()
                x.request.upstream?.host = name
                reply.add(true)
            }
        ),
    ]

    /// What the gateway writes itself: a function can't change it, as in Kong.
    private static let own: Set<HeaderName> = [
        "Connection", "Keep-Alive", "TE", "Expect", "Upgrade", "Transfer-Encoding", "Content-Length", "X-Real-IP",
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "Host",
    ]

    private static func setHeader(_ x: Exchange, _ arguments: LuaArguments) {
        let name = HeaderName(bytes: (arguments.bytes(0) ?? []).encodedForName)
        guard !own.contains(name), !name.bytes.isEmpty else { return }
        guard let first = arguments.bytes(1) else { return x.request.clear(name) }
        x.request.edits.set(name, first.encodedForHeader)
        for place in 2..<max(2, arguments.count) {
            x.request.edits.add(name, (arguments.bytes(place) ?? []).encodedForHeader)
        }
    }

    /// What is wrong with it; nil when it is set.
    private static func setVariable(_ name: String, _ value: [UInt8], _ x: Exchange) -> String? {
        switch name {
        case "upstream_uri": x.request.replacedPath = value.encodedForTarget
        case "upstream_host": x.request.edits.set("Host", value.encodedForHeader)
        case "upstream_scheme":
            x.request.upstream = x.request.upstream ?? UpstreamChange()
            x.request.upstream?.usesTLS = value == Array("https".utf8)
        case "args": x.request.replacedQuery = value.encodedForTarget
        case "limit_rate": break
        case _ where FunctionVariables.fixed.contains(name): return "variable \"\(name)\" not changeable"
        default:
            return "variable \"\(name)\" not found for writing; maybe it is a built-in variable that is not changeable "
                + "or you forgot to use \"set $\(name) '';\" in the config file to define it first"
        }
        return nil
    }
}

/// Variables of nginx that can be read and not written.
private enum FunctionVariables {
    static let fixed: Set<String> = [
        "uri", "document_uri", "request_uri", "request_method", "scheme", "host", "remote_addr", "remote_port",
        "server_addr", "server_port", "server_name", "server_protocol", "query_string", "is_args", "content_type",
        "content_length", "remote_user", "request", "request_body", "request_length", "request_time", "request_id",
        "connection", "connection_requests", "status", "hostname", "pid", "msec", "time_local", "time_iso8601",
    ]
}

extension [UInt8] {
    /// As part of a request's target: without blanks and control characters.
    fileprivate var encodedForTarget: [UInt8] { encoded { $0 <= 0x20 || $0 == 0x7F } }

    /// As a header's value: without ends of lines.
    var encodedForHeader: [UInt8] { encoded { $0 == 0x0A || $0 == 0x0D || $0 == 0 } }

    /// As a header's name.
    var encodedForName: [UInt8] { encoded { $0 <= 0x20 || $0 >= 0x7F || $0 == Ascii.colon } }

    private func encoded(_ mustBe: (UInt8) -> Bool) -> [UInt8] {
        guard contains(where: mustBe) else { return self }
        var result: [UInt8] = []
        for byte in self {
            if mustBe(byte) { result.append(contentsOf: PercentCode.of(byte)) } else { result.append(byte) }
        }
        return result
    }
}

enum PercentCode {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func of(_ byte: UInt8) -> [UInt8] {
        [Ascii.percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
