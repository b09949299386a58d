// Reading the request, with the changes made to it so far.

import NIOCore
import PluginKit
import Wire

extension FunctionHost {
    static let requestReading: [(name: String, body: Native)] = [
        ("method", { _, x, _, reply in reply.add(x.request.methodName) }),
        (
            "http_version",
            { _, x, _, reply in
                reply.add(x.request.head.comesByHTTP2 ? 2 : x.request.head.minorVersion == 0 ? 1 : 1.1)
            }
        ),
        ("query", { _, x, _, reply in reply.add(orNil: x.request.query) }),
        ("headers", { _, x, _, reply in reply.add(list: x.request.currentFields) }),
        ("raw_head", { _, x, arguments, reply in reply.add(x.request.rawHead(withoutLine: arguments.isTrue(0))) }),
        ("variable", { host, x, arguments, reply in reply.add(orNil: host.variable(arguments.text(0), x)) }),
        (
            "body",
            { _, x, _, reply in
                if let replaced = x.request.replacedBody { return reply.add(orNil: replaced.isEmpty ? nil : replaced) }
                switch x.request.body {
                case .whole(let buffer):
                    if buffer.readableBytes > 0 { reply.add(buffer.readableBytesView) } else { reply.addNil() }
                case .tooLarge:
                    reply.addNil()
                    reply.add("large")
                case .notRead:
                    reply.addNil()
                    if x.request.head.framing != .none, x.request.head.framing != .length(0) { reply.add("unread") }
                }
            }
        ),
    ]

    /// nginx' variable of that name; nil when it has no value or there is none.
    private func variable(_ name: String, _ x: Exchange) -> [UInt8]? {
        let request = x.request
        switch name {
        case "args", "query_string": return request.query
        case "is_args": return request.query?.isEmpty ?? true ? [] : [UInt8(ascii: "?")]
        case "request_method": return request.methodName
        case "content_type": return request.header("content-type")
        case "content_length": return request.header("content-length")
        case "request_body":
            if let replaced = request.replacedBody { return replaced }
            if case .whole(let buffer) = request.body { return Array(buffer.readableBytesView) }
            return nil
        case "upstream_uri": return request.replacedPath ?? surroundings?.variable(name)
        case "upstream_host":
            return request.edits.values(of: "Host").last.map { Array($0) } ?? surroundings?.variable(name)
        case "upstream_scheme":
            return request.upstream?.usesTLS.map { Array(($0 ? "https" : "http").utf8) } ?? surroundings?.variable(name)
        default: break
        }
        if let rest = name.suffix(after: "http_") {
            return Self.joined(request.headerValues(HeaderName(rest.dashed)), rest)
        }
        if let rest = name.suffix(after: "cookie_") { return Self.cookie(Array(rest.utf8), request) }
        if let rest = name.suffix(after: "arg_") { return Self.argument(Array(rest.utf8), request.query ?? []) }
        return surroundings?.variable(name)
    }

    /// Of a header that is there several times nginx tells the first, but for those that are lists.
    private static func joined(_ values: [[UInt8]], _ name: String) -> [UInt8]? {
        switch name {
        case "cookie": values.isEmpty ? nil : Array(values.joined(separator: Array("; ".utf8)))
        case "x_forwarded_for": values.isEmpty ? nil : Array(values.joined(separator: Array(", ".utf8)))
        default: values.first
        }
    }

    private static func cookie(_ name: [UInt8], _ request: ExchangeRequest) -> [UInt8]? {
        for line in request.headerValues("Cookie") {
            for piece in line.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: true) {
                let pair = piece.drop { $0 == Ascii.space }
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
                if pair[..<equals].elementsEqual(name, by: { Ascii.lowercased($0) == Ascii.lowercased($1) }) {
                    return Array(pair[(equals + 1)...])
                }
            }
        }
        return nil
    }

    /// As it stands in the query, undecoded.
    private static func argument(_ name: [UInt8], _ query: [UInt8]) -> [UInt8]? {
        for piece in query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { continue }
            if piece[..<equals].elementsEqual(name, by: { Ascii.lowercased($0) == Ascii.lowercased($1) }) {
                return Array(piece[(equals + 1)...])
            }
        }
        return nil
    }
}

extension String {
    /// What follows that beginning; nil when it is another one or nothing follows.
    fileprivate func suffix(after prefix: String) -> String? {
        hasPrefix(prefix) && utf8.count > prefix.utf8.count ? String(dropFirst(prefix.count)) : nil
    }

    fileprivate var dashed: String { String(map { $0 == "_" ? "-" : $0 }) }
}
