// The body of a request as Kong's plugin development kit gives it to functions: the raw bytes, and what they say if
// they are a form, a multipart form or JSON.

import NIOCore
import PluginKit
import Schema
import Wire

/// A request's body, raw and read.
struct FunctionBody {
    enum Arguments {
        case members(RequestMembers)
        /// A JSON list, or an object.
        case json(JSON)
        /// The body is not what its type says, or larger than what plugins see.
        case unreadable
        /// There is no type, or none of the three.
        case unknownType
    }

    /// Nil for a body that is larger than what plugins see (client_body_buffer_size).
    let raw: [UInt8]?
    /// The type as the client sent it.
    let type: [UInt8]?
    let arguments: Arguments

    init(_ request: ExchangeRequest) {
        raw = Self.raw(request)
        type = request.header("content-type")
        arguments = Self.read(raw, type)
    }

    static func raw(_ request: ExchangeRequest) -> [UInt8]? {
        if let replaced = request.replacedBody { return replaced }
        switch request.body {
        case .notRead: return []
        case .whole(let buffer): return Array(buffer.readableBytesView)
        case .tooLarge: return nil
        }
    }

    /// The line of the error log for a body that is left out.
    static func tooLarge(for plugin: String) -> String {
        "[\(plugin)] request body did not fit into client body buffer, consider raising 'client_body_buffer_size'"
    }

    private static func read(_ raw: [UInt8]?, _ type: [UInt8]?) -> Arguments {
        guard let type else { return .unknownType }
        let name = type.prefix { $0 != Ascii.semicolon }.map(Ascii.lowercased)
        // Kong compares the beginnings.
        if name.starts(with: "application/x-www-form-urlencoded".utf8) {
            return raw.map { .members(RequestMembers(arguments: $0)) } ?? .unreadable
        }
        if name.starts(with: "application/json".utf8) {
            guard let raw, let json = try? JSON(parsing: raw), json.array != nil || json.object != nil else {
                return .unreadable
            }
            return .json(json)
        }
        guard name.starts(with: "multipart/form-data".utf8) else { return .unknownType }
        return raw.map { .members(parts($0, type)) } ?? .unreadable
    }

    private static func parts(_ raw: [UInt8], _ type: [UInt8]) -> RequestMembers {
        var members = RequestMembers()
        for (name, content) in MultipartForm(raw, contentType: type)?.contents ?? [] {
            members.set(name, .text(content))
        }
        return members
    }
}

extension Int64 {
    /// A setting's milliseconds, which may have a fraction; at least 1.
    init(milliseconds: Double) {
        self = milliseconds >= 1 ? Int64(Swift.min(milliseconds, 1e12)) : 1
    }
}
