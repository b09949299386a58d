// The members of a request's body, for the plugins that look for something in it: a form, a multipart form or JSON.

import NIOCore
import Schema
import Wire

/// A request's body as named values.
package enum BodyArguments {
    case form([UInt8])
    case multipart(MultipartForm)
    case json(JSON)

    /// nil when the body's type is missing or another one, when it can't be parsed, or when it is so large that
    /// plugins don't see it.
    package init?(_ request: ExchangeRequest) {
        guard let type = request.header("content-type"), let bytes = Self.bytes(request) else { return nil }
        let lowered = type.map(Ascii.lowercased)
        // Kong looks for the type anywhere in the header, in this order.
        if Self.contains(lowered, "application/x-www-form-urlencoded") {
            self = .form(bytes)
        } else if Self.contains(lowered, "multipart/form-data") {
            guard let form = MultipartForm(bytes, contentType: type) else { return nil }
            self = .multipart(form)
        } else if Self.contains(lowered, "application/json") {
            guard let json = try? JSON(parsing: bytes), json.array != nil || json.object != nil else { return nil }
            self = .json(json)
        } else {
            return nil
        }
    }

    package func value(of name: String) -> NamedValue {
        switch self {
        case .form(let bytes): QueryArguments.value(of: Array(name.utf8), in: bytes.span)
        case .multipart(let form): form.value(of: Array(name.utf8)).map { .text($0) } ?? .missing
        case .json(let json): Self.value(json[name])
        }
    }

    /// The body without what is called `name`; nil when there is no such thing. JSON is written anew, as Kong does.
    package func removing(_ name: String) -> [UInt8]? {
        switch self {
        case .form(let bytes): QueryArguments.removing(Array(name.utf8), from: bytes.span)
        case .multipart(let form): form.removing(Array(name.utf8))
        case .json(let json): Self.removing(name, from: json)
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

    private static func value(_ member: JSON?) -> NamedValue {
        switch member {
        case nil: .missing
        case .string(let text): .text(Array(text.utf8))
        case .array, .object: .several
        case .null, .bool, .number: .other
        }
    }

    private static func removing(_ name: String, from json: JSON) -> [UInt8]? {
        guard var members = json.object, members[name] != nil else { return nil }
        members[name] = nil
        return JSON.object(members).bytes
    }

    private static func contains(_ text: [UInt8], _ type: StaticString) -> Bool {
        let wanted = Array(type.description.utf8)
        return text.indices.contains { text[$0...].starts(with: wanted) }
    }
}
