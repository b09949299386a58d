// An answer the gateway gives itself: a plugin's refusal, an error page, the Admin API's. Immutable and shared:
// those that never change are made once and cost nothing per request.

import Wire

/// A complete response made by the gateway or a plugin.
package final class Response: Sendable {
    /// One header line.
    package struct Field: Sendable {
        package let name: HeaderName
        package let value: [UInt8]

        package init(_ name: HeaderName, _ value: [UInt8]) {
            self.name = name
            self.value = value
        }

        package init(_ name: HeaderName, _ value: String) {
            self.init(name, Array(value.utf8))
        }
    }

    /// HTTP status, 100 to 599 (494 is nginx's own).
    package let status: Int
    /// Header lines besides Date, Connection, Content-Length and Server, which the gateway writes.
    package let fields: [Field]
    package let body: [UInt8]
    /// What the body says, where that is one sentence: for clients that read it elsewhere.
    package let text: String?
    /// Whether the proxy layer makes it, and no plugin.
    package let isErrorPage: Bool

    package init(
        status: Int, fields: [Field] = [], body: [UInt8] = [], text: String? = nil, isErrorPage: Bool = false
    ) {
        self.status = status
        self.fields = fields
        self.body = body
        self.text = text
        self.isErrorPage = isErrorPage
    }

    /// Kong's answer when something failed that the client has no part in.
    package static let unexpectedError = Response.message(500, "An unexpected error occurred")

    /// Kong's JSON answer `{"message":"..."}`.
    package static func message(_ status: Int, _ text: String, fields: [Field] = []) -> Response {
        json(status, Array("{\"message\":\"\(escaped(text))\"}".utf8), fields: fields, text: text)
    }

    /// An answer with a ready JSON body.
    package static func json(
        _ status: Int, _ body: [UInt8], fields: [Field] = [], text: String? = nil
    ) -> Response {
        Response(
            status: status, fields: [.init("Content-Type", "application/json; charset=utf-8")] + fields, body: body,
            text: text)
    }

    /// The text with what JSON requires escaped, `/` included as Kong's encoder does.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "/": result += "\\/"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<" ", "\u{7f}": result += "\\u00" + hex(character.value >> 4) + hex(character.value & 15)
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static func hex(_ digit: UInt32) -> String {
        String(digit, radix: 16)
    }
}
