// request-transformer: changes method, headers, query and body of requests on their way to the upstream.

import PluginKit
import Schema

package struct RequestTransformer: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "request-transformer", version: "1.0.0", priority: 801, config: Config.schema)

    /// Names of things.
    package struct Names: Declared {
        package var body: [String] = []
        package var headers: [String] = []
        package var querystring: [String] = []

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("body", \.body, doc: "Members of the body."),
            Field("headers", \.headers, .each(TransformRule.headerName(of: .name)), doc: "Headers."),
            Field("querystring", \.querystring, doc: "Query arguments."),
        ]
    }

    /// Pairs `old:new`.
    package struct Renames: Declared {
        package var body: [String] = []
        package var headers: [String] = []
        package var querystring: [String] = []

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("body", \.body, .each(TransformRule.pair), doc: "Members of the body."),
            Field(
                "headers", \.headers, .each(TransformRule.pair, TransformRule.headerName(of: .both)), doc: "Headers."),
            Field("querystring", \.querystring, .each(TransformRule.pair), doc: "Query arguments."),
        ]
    }

    /// Pairs `name:value`.
    package struct Pairs: Declared {
        package var body: [String] = []
        package var headers: [String] = []
        package var querystring: [String] = []

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("body", \.body, .each(TransformRule.pair), doc: "Members of the body."),
            Field(
                "headers", \.headers, .each(TransformRule.pair, TransformRule.headerName(of: .name)), doc: "Headers."),
            Field("querystring", \.querystring, .each(TransformRule.pair), doc: "Query arguments."),
        ]
    }

    package struct Config: Declared {
        package var httpMethod: String?
        package var remove = Names()
        package var rename = Renames()
        package var replace = Pairs()
        package var add = Pairs()
        package var append = Pairs()

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("http_method", \.httpMethod, .httpMethod, doc: "The method for the upstream."),
            Field("remove", \.remove, doc: "What is taken out."),
            Field("rename", \.rename, doc: "What gets another name, as old:new."),
            Field("replace", \.replace, doc: "What gets another value if it is there."),
            Field("add", \.add, doc: "What is put in if it is not there."),
            Field("append", \.append, doc: "What is put in beside what is there."),
        ]
    }

    private let headers: RuleSet
    private let query: RuleSet
    private let body: BodyTransformation
    private let method: [UInt8]?
    /// Whether requests of that method have no form in their body, so that it goes into the query as well.
    private let movesForms: Bool

    package init(_ config: Config, _ setup: Setup) {
        headers = RuleSet(
            remove: config.remove.headers, rename: config.rename.headers, replace: config.replace.headers,
            add: config.add.headers, append: config.append.headers)
        query = RuleSet(
            remove: config.remove.querystring, rename: config.rename.querystring, replace: config.replace.querystring,
            add: config.add.querystring, append: config.append.querystring)
        body = BodyTransformation(
            rules: RuleSet(
                remove: config.remove.body, rename: config.rename.body, replace: config.replace.body,
                add: config.add.body, append: config.append.body),
            json: JSONRules(
                .request, remove: config.remove.body, rename: config.rename.body, replace: config.replace.body,
                add: config.add.body, append: config.append.body))
        method = config.httpMethod.map { Array($0.utf8) }
        movesForms = ["GET", "HEAD", "TRACE"].contains(config.httpMethod)
    }

    package var readsBody: Bool { !body.rules.isEmpty || movesForms }

    package func access(_ x: Exchange) -> Verdict {
        if !headers.isEmpty {
            var target = RequestHeaders(request: x.request)
            headers.apply(to: &target)
        }
        if let method {
            x.request.changeMethod(method)
            // The schema takes any word for a method, nginx only knows its own.
            guard x.request.methodName == method else { return .respond(.unexpectedError) }
            if movesForms { body.copyForm(x) }
        }
        if !query.isEmpty {
            var arguments = ArgumentList(x.request.query ?? [])
            query.apply(to: &arguments)
            if arguments.isChanged { x.request.replacedQuery = arguments.bytes }
        }
        if !body.rules.isEmpty { body.apply(x) }
        return .next
    }
}
