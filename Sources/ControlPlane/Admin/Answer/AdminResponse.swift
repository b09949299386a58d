// The response of the Admin API as bytes, and the headers each kind of answer carries in Kong: those of
// its own response code, and those that nginx writes where Lua did not answer.

import PluginKit
import Schema

/// A response of the Admin API. Date, Content-Length and Connection are the listener's to write.
package struct AdminResponse: Sendable {
    package var status: Int
    package var headers: [AdminHeader]
    package var body: [UInt8]

    package init(status: Int, headers: [AdminHeader], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Kong's own answer: its name as the server, JSON as the type of a body.
    init(_ answer: AdminAnswer, version: String) {
        status = answer.status
        // Where Kong prints text it does not name itself, so that nginx' name is on the answer.
        if let text = answer.text {
            headers = [.openToAllOrigins, .nginx, AdminHeader("Content-Type", "text/plain; charset=UTF-8")]
            body = text
            return
        }
        headers = [.openToAllOrigins, AdminHeader("Server", "kong/\(version)")]
        if let json = answer.body {
            headers.append(AdminHeader("Content-Type", "application/json; charset=utf-8"))
            body = json.bytes
        } else {
            body = []
        }
    }

    /// The answer to OPTIONS on any path.
    static let options = AdminResponse(
        status: 204,
        headers: [
            .openToAllOrigins, .nginx,
            AdminHeader("Access-Control-Allow-Methods", "GET, HEAD, PUT, PATCH, POST, DELETE"),
            AdminHeader("Access-Control-Allow-Headers", "Content-Type"),
        ])

    /// HEAD on a path that exists: nothing is looked up.
    static let head = AdminResponse(
        status: 200, headers: [.openToAllOrigins, .nginx, AdminHeader("Content-Type", "application/json")])

    /// nginx's page for a body of another type than the Admin API reads.
    static let unsupportedMediaType = AdminResponse(
        status: 415, headers: [.openToAllOrigins, .nginx, AdminHeader("Content-Type", "text/html")],
        body: NginxPage.html(415) ?? [])

    /// GET /robots.txt, which nginx answers before Kong sees it.
    static let robots = AdminResponse(
        status: 200, headers: [.nginx, AdminHeader("Content-Type", "text/plain; charset=UTF-8")],
        body: Array("User-agent: *\nDisallow: /".utf8))
}
