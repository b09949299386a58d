// How a handler stops half-way: it throws the answer. Errors of the data layer need not be wrapped in it, they are
// turned into answers where all handlers are called.

/// Ends the handling of a request with this answer.
struct AdminRefusal: Error, Sendable {
    let answer: AdminAnswer

    init(_ answer: AdminAnswer) {
        self.answer = answer
    }

    static let notFound = AdminRefusal(.notFound)
    static let brokenJSON = AdminRefusal(.message(400, "Cannot parse JSON body"))
}
