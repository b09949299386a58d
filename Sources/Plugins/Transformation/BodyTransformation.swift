// Applies rules to the body of a request: a form, a multipart form or JSON, by its Content-Type. Everything else, what
// can't be parsed and what is too large for plugins to see is passed on as it came.

import NIOCore
import PluginKit
import Schema
import Wire

struct BodyTransformation: Sendable {
    let rules: RuleSet

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
            guard var members = Self.members(bytes) else { return nil }
            rules.apply(to: &members)
            return members.isChanged ? JSON.object(members.members).bytes : nil
        }
    }

    /// An empty body is an empty object.
    private static func members(_ bytes: [UInt8]) -> JSONMembers? {
        if bytes.isEmpty { return JSONMembers([:]) }
        return (try? JSON(parsing: bytes))?.object.map { JSONMembers($0) }
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
