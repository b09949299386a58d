// Applies rules to the body of a request: a form, a multipart form or JSON, by its Content-Type. Everything else, what
// can't be parsed and what is too large for plugins to see is passed on as it came.

import NIOCore
import PluginKit
import Wire

struct BodyTransformation: Sendable {
    let rules: RuleSet
    let json: JSONRules

    private enum Form {
        case urlencoded
        case multipart
        case json
    }

    func apply(_ x: Exchange) {
        guard let type = x.request.header("content-type"), let form = Self.form(type) else { return }
        guard let bytes = Self.bytes(x.request), let changed = transformed(bytes, form, type) else { return }
        x.request.replacedBody = changed
    }

    /// Puts the arguments of a form behind those of the query.
    func copyForm(_ x: Exchange) {
        guard let type = x.request.header("content-type"), Self.form(type) == .urlencoded,
            let form = Self.bytes(x.request), !form.isEmpty
        else { return }
        let query = x.request.query ?? []
        x.request.replacedQuery = query.isEmpty ? form : query + [UInt8(ascii: "&")] + form
    }

    private func transformed(_ bytes: [UInt8], _ form: Form, _ type: [UInt8]) -> [UInt8]? {
        switch form {
        case .urlencoded:
            var arguments = ArgumentList(bytes)
            rules.apply(to: &arguments)
            return arguments.isChanged ? arguments.bytes : nil
        case .multipart:
            guard var parts = MultipartParts(bytes, contentType: type) else { return nil }
            rules.apply(to: &parts)
            return parts.isChanged ? parts.bytes : nil
        case .json:
            return json.apply(to: bytes)
        }
    }

    private static func bytes(_ request: ExchangeRequest) -> [UInt8]? {
        if let replaced = request.replacedBody { return replaced }
        switch request.body {
        case .notRead: return []
        case .whole(let buffer): return Array(buffer.readableBytesView)
        case .tooLarge: return nil
        }
    }

    private static func form(_ type: [UInt8]) -> Form? {
        let lowered = String(decoding: type.map(Ascii.lowercased), as: UTF8.self)
        if lowered.contains("application/json") { return .json }
        if lowered.contains("multipart/form-data") { return .multipart }
        return lowered.contains("application/x-www-form-urlencoded") ? .urlencoded : nil
    }
}
