// A function's answer, which goes to the client in the upstream's place.

import PluginKit
import Wire

/// Status, headers and body on their way from a function to the client.
struct FunctionAnswer {
    var status: Int
    private(set) var fields: [Response.Field]
    var body: [UInt8]

    /// Headers that concern the function's connection, and those that the gateway writes itself.
    private static let own: Set<KnownHeader> = [
        .connection, .keepAlive, .proxyConnection, .te, .trailer, .transferEncoding, .upgrade, .contentLength, .date,
        .server, .xAccel,
    ]

    init(_ answer: OutboundAnswer) {
        status = answer.status
        fields = answer.headers.compactMap { name, value in
            let name = HeaderName(bytes: name)
            return Self.own.contains(name.known) ? nil : Response.Field(name, value)
        }
        body = answer.body
    }

    /// Puts these values in the place of all of that name.
    mutating func set(_ name: HeaderName, _ values: [[UInt8]]) {
        guard !Self.own.contains(name.known) else { return }
        fields.removeAll { $0.name == name }
        fields += values.map { Response.Field(name, $0) }
    }

    /// - Parameter via: the gateway's own value of Via; nil when it is not to be told.
    func response(via: [UInt8]?) -> Response {
        // A status below 200 is no answer, and Kong knows none above 599.
        guard (200...599).contains(status) else { return .unexpectedError }
        var fields = fields
        if let via {
            fields.removeAll { $0.name.known == .via }
            fields.append(Response.Field("Via", via))
        }
        return Response(status: status, fields: fields, body: body)
    }
}
