// What a handler of the Admin API answers: a status and a JSON value, or nothing. The headers that go
// with it are the same everywhere and are added in one place.

import Schema

struct AdminAnswer: Sendable {
    var status: Int
    var body: JSON?
    /// Text instead of a JSON body.
    var text: [UInt8]?

    init(_ status: Int, _ body: JSON? = nil) {
        self.status = status
        self.body = body
    }

    static func ok(_ body: JSON) -> AdminAnswer { AdminAnswer(200, body) }
    static func created(_ body: JSON) -> AdminAnswer { AdminAnswer(201, body) }
    static let noContent = AdminAnswer(204)
    static let notFound = message(404, "Not found")
    static let methodNotAllowed = message(405, "Method not allowed")
    static let unexpectedError = message(500, "An unexpected error occurred")

    static func text(_ text: [UInt8]) -> AdminAnswer {
        var answer = AdminAnswer(200)
        answer.text = text
        return answer
    }

    static func message(_ status: Int, _ text: String) -> AdminAnswer {
        AdminAnswer(status, ["message": .string(text)])
    }
}
