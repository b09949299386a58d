// Status lines as nginx writes them: some of its reason phrases differ from the registered ones, and for a
// status without one it writes the number and a blank.

import NIOCore

package enum StatusLine {
    /// nginx's reason phrase for a status; empty where it has none.
    package static func reason(_ status: Int) -> StaticString {
        switch status {
        case ..<400: goodReason(status)
        case 400..<500: clientReason(status)
        default: serverReason(status)
        }
    }

    private static func goodReason(_ status: Int) -> StaticString {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Moved Temporarily"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        default: ""
        }
    }

    private static func clientReason(_ status: Int) -> StaticString {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Time-out"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Request Entity Too Large"
        case 414: "Request-URI Too Large"
        case 415: "Unsupported Media Type"
        case 416: "Requested Range Not Satisfiable"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        default: ""
        }
    }

    private static func serverReason(_ status: Int) -> StaticString {
        switch status {
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Temporarily Unavailable"
        case 504: "Gateway Time-out"
        case 505: "HTTP Version Not Supported"
        case 507: "Insufficient Storage"
        default: ""
        }
    }
}

extension ByteBuffer {
    /// Writes `HTTP/1.1 404 Not Found` and a line end.
    package mutating func writeStatusLine(_ status: Int) {
        writeStaticString("HTTP/1.1 ")
        writeDecimal(status)
        writeInteger(Ascii.space)
        writeStaticString(StatusLine.reason(status))
        writeLineEnd()
    }

    /// Writes a status line with the status code and reason phrase of an upstream (`ResponseHead.statusText`).
    package mutating func writeStatusLine(passingOn text: Span<UInt8>) {
        writeStaticString("HTTP/1.1 ")
        writeBytes(text.bytes)
        writeLineEnd()
    }
}
