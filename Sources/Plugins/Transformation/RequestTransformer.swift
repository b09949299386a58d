// request-transformer: changes headers, query and body of requests on their way to the upstream.
// Settings only: what it does with a request is not built yet.

import Schema

package enum RequestTransformer {
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
}
