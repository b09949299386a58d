// The parameters of a request for a token or a consent: the query's and the body's together.

import PluginKit
import Schema

/// Arguments by name; where both have one, the body's counts.
struct OAuth2Parameters {
    private let query: [UInt8]?
    private let body: BodyArguments?

    init(_ x: Exchange) {
        query = x.request.query
        body = BodyArguments(x.request)
    }

    func value(_ name: String) -> NamedValue {
        if let value = body?.value(of: name), value != .missing { return value }
        guard let query else { return .missing }
        return QueryArguments.value(of: Array(name.utf8), in: query.span)
    }

    /// The value when it is one text.
    func text(_ name: String) -> String? {
        guard case .text(let bytes) = value(name) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Keeps an argument from the upstream.
    func hide(_ name: String, _ x: Exchange) {
        if let query, let rest = QueryArguments.removing(Array(name.utf8), from: query.span) {
            x.request.replacedQuery = rest
        }
        if let rest = body?.removing(name) { x.request.replacedBody = rest }
    }
}
