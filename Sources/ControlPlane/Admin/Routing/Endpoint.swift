// What can be done under one path: a handler a method.

struct Endpoint: Sendable {
    typealias Handler = @Sendable (AdminCall) async throws -> AdminAnswer
    typealias Check = @Sendable (AdminCall) async throws -> Void

    var handlers: [String: Handler]
    /// Where HEAD is not simply answered with 200: throws what it is answered with.
    var head: Check?

    init(head: Check? = nil, _ handlers: [String: Handler]) {
        self.head = head
        self.handlers = handlers
    }

    /// A path that Kong knows and has switched off for these methods.
    static func switchedOff(_ methods: String...) -> Endpoint {
        let handler: Handler = { _ in .notFound }
        return Endpoint(
            head: { _ in throw AdminRefusal.notFound },
            Dictionary(uniqueKeysWithValues: methods.map { ($0, handler) }))
    }
}
