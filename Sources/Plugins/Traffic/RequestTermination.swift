// request-termination: answers every request with a fixed status and message; for maintenance, for routes that are no
// more, and to shut out a consumer.

import PluginKit
import Schema
import Wire

/// Answers in the upstream's place.
package struct RequestTermination: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "request-termination", version: "1.0.0", priority: 2, config: Config.schema)

    package struct Config: Declared {
        package var statusCode = 503
        package var message: String?
        package var contentType: String?
        package var body: String?

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("status_code", \.statusCode, .between(100, 599), doc: "The status of the answer."),
            Field("message", \.message, doc: "The text of the answer, sent in a JSON object."),
            Field("content_type", \.contentType, doc: "The type of `body`; none is sent when it is not given."),
            Field("body", \.body, doc: "The body of the answer as it is sent."),
        ]

        package static func verify(_ row: Row, in context: ValidationContext) -> String? {
            func isGiven(_ name: String) -> Bool { row[name]?.string != nil }
            if isGiven("message"), isGiven("content_type") || isGiven("body") {
                return "message cannot be used with content_type or body"
            }
            return isGiven("content_type") && !isGiven("body") ? "content_type requires a body" : nil
        }
    }

    private let answer: Response

    package init(_ config: Config, _ setup: Setup) {
        if let body = config.body {
            let type = config.contentType.map { [Response.Field("Content-Type", $0)] }
            answer = Response(status: config.statusCode, fields: type ?? [], body: Array(body.utf8))
        } else if let message = config.message ?? Self.usualMessage(config.statusCode) {
            answer = .message(config.statusCode, message)
        } else {
            answer = .json(config.statusCode, Array("{}".utf8))
        }
    }

    package func access(_ x: Exchange) -> Verdict { .respond(answer) }

    /// The texts that Kong's answers have by themselves.
    private static func usualMessage(_ status: Int) -> String? {
        switch status {
        case 401: "Unauthorized"
        case 404: "Not found"
        case 405: "Method not allowed"
        case 500: "An unexpected error occurred"
        case 502: "Bad Gateway"
        case 503: "Service unavailable"
        default: nil
        }
    }
}
