// What an AWS Lambda function is told of a request: either the arguments of query and body in one object, or, where a
// `forward_request_*` setting is on, those parts of the request that are asked for.

import PluginKit
import Schema
import Wire

struct LambdaPayload: Sendable {
    let forwardsMethod: Bool
    let forwardsURI: Bool
    let forwardsHeaders: Bool
    let forwardsBody: Bool

    private var forwardsAnything: Bool { forwardsMethod || forwardsURI || forwardsHeaders || forwardsBody }

    /// Whether the request's body has to be there.
    var readsBody: Bool { forwardsBody || !forwardsAnything }

    /// Types of which a body is passed on as text; it must be the whole header.
    private static let textTypes: Set<[UInt8]> = Set(
        ["text/plain", "text/html", "application/xml", "text/xml", "application/soap+xml"].map { Array($0.utf8) })

    /// The payload as JSON.
    func text(of x: Exchange) -> [UInt8] {
        var text: [UInt8] = []
        if forwardsAnything { parts(of: x).write(to: &text) } else { arguments(of: x.request).write(to: &text) }
        return text
    }

    private func parts(of x: Exchange) -> RequestMembers {
        let request = x.request
        var members = RequestMembers()
        if forwardsMethod { members.set("request_method", .text(request.methodName)) }
        if forwardsHeaders { members.set("request_headers", .members(Self.headers(of: request))) }
        if forwardsURI {
            let path = request.copy(request.head.path)
            let query = request.query ?? []
            members.set("request_uri", .text(query.isEmpty ? path : path + [Ascii.question] + query))
            members.set("request_uri_args", .members(RequestMembers(arguments: query)))
        }
        if forwardsBody { Self.add(FunctionBody(request), to: &members) }
        return members
    }

    private static func add(_ body: FunctionBody, to members: inout RequestMembers) {
        var raw = body.raw
        switch body.arguments {
        case .members(let arguments): members.set("request_body_args", .members(arguments))
        case .json(let json): members.set("request_body_args", .json(json))
        case .unreadable: break
        case .unknownType:
            members.set("request_body_args", .members(RequestMembers()))
            if !textTypes.contains(body.type ?? []) {
                raw = Base64.encode(raw ?? [])
                members.set("request_body_base64", .flag)
            }
        }
        if let raw { members.set("request_body", .text(raw)) }
    }

    /// The arguments of the query with those of the body, which win. The members of a list count by their number, as
    /// in Lua's tables; a list alone stays one.
    private func arguments(of request: ExchangeRequest) -> RequestMembers.Value {
        var members = RequestMembers(arguments: request.query ?? [])
        switch FunctionBody(request).arguments {
        case .members(let arguments): members.merge(arguments)
        case .json(.array(let items)):
            if members.isEmpty, !items.isEmpty { return .json(.array(items)) }
            for (place, item) in items.enumerated() { members.set(Array("\(place + 1)".utf8), .json(item)) }
        case .json(let json):
            for (name, value) in json.object ?? [:] { members.set(Array(name.utf8), .json(value)) }
        case .unreadable, .unknownType: break
        }
        return .members(members)
    }

    /// The first 100 header lines with earlier plugins' changes, by their names in lower case.
    private static func headers(of request: ExchangeRequest) -> RequestMembers {
        var members = RequestMembers()
        let fields = request.currentFields
        for place in stride(from: 0, to: min(fields.count, 2 * QueryArguments.visibleCount), by: 2) {
            members.add(fields[place].map(Ascii.lowercased), .text(fields[place + 1]))
        }
        return members
    }
}
