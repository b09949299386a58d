// Requests that the gateway answers itself, whole: the Admin API. The same connections, limits and logs serve it as
// serve proxied requests; what answers lies behind this one protocol.

/// A whole request.
package struct LocalRequest: Sendable {
    package struct Field: Sendable {
        /// In lower case.
        package let name: String
        package let value: String
    }

    package let method: String
    /// As sent: path and query.
    package let target: String
    package let fields: [Field]
    package let body: [UInt8]
}

/// A whole answer. Date, Content-Length and Connection are added when it is written.
package struct LocalResponse: Sendable {
    package let status: Int
    package let fields: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, fields: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// Answers whole requests. Called on an event loop, must not block it; answers from any thread, once.
package protocol LocalService: Sendable {
    func respond(to request: LocalRequest, _ answer: @escaping @Sendable (LocalResponse) -> Void)
}
