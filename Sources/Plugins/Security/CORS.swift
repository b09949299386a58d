// cors: answers preflight requests and tells browsers which pages may read the answers.

import PluginKit
import Schema
import Wire

/// Adds the headers of cross-origin resource sharing to every answer, whoever made it.
package struct CORS: AccessPhase, ResponseHeadPhase {
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

    private static let preflightAnswer = Response(status: 200)
    private static let yes = Array("true".utf8)
    private static let everyMethod = "GET,HEAD,PUT,PATCH,POST,DELETE"

    private let origins: AllowedOrigins
    private let headers: [UInt8]?
    private let exposedHeaders: [UInt8]?
    private let methods: [UInt8]
    private let maxAge: [UInt8]?
    private let allowsCredentials: Bool
    private let passesPreflight: Bool

    package init(_ config: Config, _ setup: Setup) {
        origins = AllowedOrigins(config.origins ?? [], setup)
        headers = config.headers.flatMap(Self.list)
        exposedHeaders = config.exposedHeaders.flatMap(Self.list)
        // An empty list is told as a blank.
        methods = config.methods.map { Self.list($0.map(\.rawValue)) ?? [Ascii.space] } ?? Array(Self.everyMethod.utf8)
        maxAge = config.maxAge.map { Array($0.luaText.utf8) }
        allowsCredentials = config.credentials
        passesPreflight = config.preflightContinue
    }

    /// Every OPTIONS request counts as a preflight, whatever its headers are.
    package func access(_ x: Exchange) -> Verdict {
        guard x.request.method == .options, !passesPreflight else { return .next }
        announceOrigin(x)
        let asked = headers ?? x.request.header(.accessControlRequestHeaders)
        if let asked { x.response.edits.set(.accessControlAllowHeaders, asked) }
        x.response.edits.set(.accessControlAllowMethods, methods)
        if let maxAge { x.response.edits.set(.accessControlMaxAge, maxAge) }
        return .respond(Self.preflightAnswer)
    }

    package func responseHead(_ x: Exchange) {
        guard x.request.method != .options else { return }
        announceOrigin(x)
        if let exposedHeaders { x.response.edits.set(.accessControlExposeHeaders, exposedHeaders) }
    }

    private func announceOrigin(_ x: Exchange) {
        let asking = x.request.header(.origin)
        var answer = origins.answer(to: asking)
        var tellsCredentials = allowsCredentials
        if allowsCredentials, answer.isForAll {
            // Browsers refuse `*` together with credentials.
            answer = asking.map { .init(origin: $0, varies: true) } ?? answer
            tellsCredentials = asking != nil
        }
        if let origin = answer.origin { x.response.edits.set(.accessControlAllowOrigin, origin) }
        if answer.varies { x.response.edits.set(.vary, Self.originWord) }
        if tellsCredentials { x.response.edits.set(.accessControlAllowCredentials, Self.yes) }
    }

    private static let originWord = Array("Origin".utf8)

    private static func list(_ values: [String]) -> [UInt8]? {
        values.isEmpty ? nil : Array(values.joined(separator: ",").utf8)
    }
}

extension HeaderName {
    fileprivate static let origin: HeaderName = "Origin"
    fileprivate static let vary: HeaderName = "Vary"
    fileprivate static let accessControlAllowOrigin: HeaderName = "Access-Control-Allow-Origin"
    fileprivate static let accessControlAllowCredentials: HeaderName = "Access-Control-Allow-Credentials"
    fileprivate static let accessControlAllowHeaders: HeaderName = "Access-Control-Allow-Headers"
    fileprivate static let accessControlAllowMethods: HeaderName = "Access-Control-Allow-Methods"
    fileprivate static let accessControlExposeHeaders: HeaderName = "Access-Control-Expose-Headers"
    fileprivate static let accessControlMaxAge: HeaderName = "Access-Control-Max-Age"
    fileprivate static let accessControlRequestHeaders: HeaderName = "Access-Control-Request-Headers"
}
