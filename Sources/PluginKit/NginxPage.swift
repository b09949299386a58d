// The pages that nginx gives by itself, for statuses of which Kong makes none of its own.

/// nginx' own error pages.
package enum NginxPage {
    /// What nginx calls itself below Kong 1.1.2, in the page and as `Server`.
    package static let server = "openresty/1.13.6.2"

    /// The page as HTML; nil for a status without one.
    package static func html(_ status: Int) -> [UInt8]? {
        guard let title = titles[status] else { return nil }
        let name = "\(status) \(title)"
        let page =
            "<html>\r\n<head><title>\(name)</title></head>\r\n<body bgcolor=\"white\">\r\n"
            + "<center><h1>\(name)</h1></center>\r\n<hr><center>\(server)</center>\r\n</body>\r\n</html>\r\n"
        return Array(page.utf8)
    }

    private static let titles: [Int: String] = [
        301: "Moved Permanently", 302: "Found", 303: "See Other", 307: "Temporary Redirect",
        308: "Permanent Redirect", 401: "Authorization Required", 402: "Payment Required", 403: "Forbidden",
        405: "Not Allowed", 406: "Not Acceptable", 409: "Conflict", 410: "Gone", 415: "Unsupported Media Type",
        416: "Requested Range Not Satisfiable", 421: "Misdirected Request", 429: "Too Many Requests",
        501: "Not Implemented", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    ]
}
