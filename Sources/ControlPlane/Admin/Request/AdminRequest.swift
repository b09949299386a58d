// A request to the Admin API as the listener hands it over: read whole, nothing decoded yet.
// Decoding lives beside it so that the API can be exercised without a socket.

/// A request to the Admin API with its body read whole.
package struct AdminRequest: Sendable {
    package var method: String
    /// The request target as sent: path and query, still escaped.
    package var target: String
    package var headers: [AdminHeader]
    package var body: [UInt8]

    package init(method: String, target: String, headers: [AdminHeader] = [], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The path part of the target. An absolute-form target (RFC 9112, 3.2.2) loses its scheme and authority.
    var path: Substring {
        let withoutQuery = target.prefix { $0 != "?" && $0 != "#" }
        guard !withoutQuery.hasPrefix("/"), let scheme = withoutQuery.firstRange(of: "://") else { return withoutQuery }
        let rest = withoutQuery[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }

    /// The query part of the target without its question mark.
    var query: Substring {
        guard let mark = target.firstIndex(of: "?") else { return "" }
        return target[target.index(after: mark)...].prefix { $0 != "#" }
    }
}
