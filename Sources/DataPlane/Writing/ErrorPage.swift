// Kong's error pages: the answers to requests that nginx, and so the proxy layer, refuses or can't fulfil.
// They are made in the type the client asks for and are the only answers that are.

import NIOCore
import PluginKit
import Wire

enum ErrorPage {
    /// Whether Kong makes the page for a status (`error_page` in its nginx.conf). nginx gives its own for others.
    static func isKongs(_ status: Int) -> Bool { kongs.contains(status) }

    private static let kongs: Set<Int> = [400, 404, 408, 411, 412, 413, 414, 417, 494, 500, 502, 503, 504]

    /// nginx' page for a status, in which nothing is Kong's.
    static func nginxs(_ status: Int) -> Response {
        Response(
            status: status,
            fields: [.init("Server", NginxPage.server), .init("Content-Type", "text/html")],
            body: NginxPage.html(status) ?? [])
    }

    /// The page for a status, in the first of the known types that the Accept header mentions; without the header in
    /// the configured default type.
    static func response(_ status: Int, for request: ExchangeRequest, default defaultType: String) -> Response {
        let accept = request.head.fields.first(.accept).map { request.copy($0.value) }
        let text = message(status)
        switch accept.map(mentioned) ?? defaultType {
        case "text/html":
            let title = "<head><title>Kong Error</title></head>"
            return page(
                status, "text/html; charset=UTF-8",
                "<html>\(title)<body><h1>Kong Error</h1><p>\(text).</p></body></html>\n")
        case "application/json":
            return page(status, "application/json", "{\"message\":\"\(text)\"}\n")
        case "application/xml":
            return page(
                status, "application/xml",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error><message>\(text)</message></error>\n")
        default: return page(status, "text/plain; charset=UTF-8", "\(text)\n")
        }
    }

    private static func page(_ status: Int, _ type: String, _ body: String) -> Response {
        Response(
            status: status, fields: [.init("Content-Type", type)], body: Array(body.utf8), isErrorPage: true)
    }

    private static func mentioned(_ accept: [UInt8]) -> String {
        let text = String(decoding: accept, as: UTF8.self)
        return ["text/html", "application/json", "application/xml"].first { text.contains($0) } ?? "text/plain"
    }

    private static func message(_ status: Int) -> String {
        switch status {
        case 400: "Bad request"
        case 404: "Not found"
        case 408: "Request timeout"
        case 411: "Length required"
        case 412: "Precondition failed"
        case 413: "Payload too large"
        case 414: "URI too long"
        case 417: "Expectation failed"
        case 494: "Request Header Or Cookie Too Large"
        case 500: "An unexpected error occurred"
        case 502: "An invalid response was received from the upstream server"
        case 503: "The upstream server is currently unavailable"
        case 504: "The upstream server is timing out"
        default: "The upstream server responded with \(status)"
        }
    }
}
