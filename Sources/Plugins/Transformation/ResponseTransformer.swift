// response-transformer: changes headers and JSON bodies of answers on their way to the client.
// Settings only: what it does with a request is not built yet.

import Schema

package enum ResponseTransformer {
    package static let declaration = PluginDeclaration(
        name: "response-transformer", version: "1.0.0", priority: 800, config: Config.schema)

    /// Names of things.
    package struct Names: Declared {
        package var json: [String] = []
        package var headers: [String] = []

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("json", \.json, doc: "Members of a JSON body."),
            Field("headers", \.headers, doc: "Headers."),
        ]
    }

    /// Pairs `name:value`.
    package struct Pairs: Declared {
        package var json: [String] = []
        package var headers: [String] = []

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("json", \.json, .each(TransformRule.pair), doc: "Members of a JSON body."),
            Field("headers", \.headers, .each(TransformRule.pair), doc: "Headers."),
        ]
    }

    package struct Config: Declared {
        package var remove = Names()
        package var replace = Pairs()
        package var add = Pairs()
        package var append = Pairs()

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("remove", \.remove, doc: "What is taken out."),
            Field("replace", \.replace, doc: "What gets another value if it is there."),
            Field("add", \.add, doc: "What is put in if it is not there."),
            Field("append", \.append, doc: "What is put in beside what is there."),
        ]
    }
}
