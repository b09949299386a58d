// What nginx adds to a line of its error log about the request at hand.

/// The request a log line is about; nil parts are left out.
package struct ErrorContext: Sendable {
    /// The connection's serial number, written as `*5`.
    package var connection: UInt64?
    package var client: String?
    package var server: String?
    /// The request line: `GET / HTTP/1.1`.
    package var request: String?
    /// Where the request was sent: `http://10.0.0.1:80/path`.
    package var upstream: String?
    package var host: String?
    package var referrer: String?

    package init(
        connection: UInt64? = nil, client: String? = nil, server: String? = nil, request: String? = nil,
        upstream: String? = nil, host: String? = nil, referrer: String? = nil
    ) {
        self.connection = connection
        self.client = client
        self.server = server
        self.request = request
        self.upstream = upstream
        self.host = host
        self.referrer = referrer
    }

    /// The parts in nginx's order, each with a comma in front.
    var suffix: String {
        var text = ""
        if let client { text += ", client: " + client }
        if let server { text += ", server: " + server }
        if let request { text += ", request: \"\(request)\"" }
        if let upstream { text += ", upstream: \"\(upstream)\"" }
        if let host { text += ", host: \"\(host)\"" }
        if let referrer { text += ", referrer: \"\(referrer)\"" }
        return text
    }
}
