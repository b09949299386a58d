// cors: answers preflight requests and tells browsers which pages may read the answers.
// Settings only: what it does with a request is not built yet.

import Schema

package enum CORS {
    package static let declaration = PluginDeclaration(
        name: "cors", version: "1.0.0", priority: 2000, config: Config.schema, scopes: [.route, .service])

    package enum Method: String, Choice {
        case head = "HEAD"
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    private static let origin = Trait.custom { value, context in
        let text = value.string ?? ""
        guard text != "*", context.syntax.regexError(text) != nil else { return nil }
        return "'\(text)' is not a valid regex"
    }

    package struct Config: Declared {
        package var origins: [String]?
        package var headers: [String]?
        package var exposedHeaders: [String]?
        package var methods: [Method]?
        package var maxAge: Double?
        package var credentials = false
        package var preflightContinue = false

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("origins", \.origins, .each(origin), doc: "The pages that may read: *, origins or patterns."),
            Field("headers", \.headers, doc: "Request headers that pages may set."),
            Field("exposed_headers", \.exposedHeaders, doc: "Response headers that pages may read."),
            Field("methods", \.methods, doc: "The methods that pages may use."),
            Field("max_age", \.maxAge, doc: "Seconds a browser may remember the answer to a preflight."),
            Field("credentials", \.credentials, doc: "Whether pages may send cookies."),
            Field("preflight_continue", \.preflightContinue, doc: "Whether preflights go to the upstream."),
        ]
    }
}
