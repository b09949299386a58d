// response-transformer: changes headers and JSON bodies of answers on their way to the client.
//
// Only the rules for headers are served. Bodies are streamed past plugins, which can't change them yet, so a request
// under a configuration with JSON rules is answered with 500: its rules may be there to hide something.

import PluginKit
import Schema

package struct ResponseTransformer: AccessPhase, ResponseHeadPhase {
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

    private let headers: RuleSet
    private let refusal: Response?

    package init(_ config: Config, _ setup: Setup) {
        headers = RuleSet(
            remove: config.remove.headers, replace: config.replace.headers, add: config.add.headers,
            append: config.append.headers)
        let json = RuleSet(
            remove: config.remove.json, replace: config.replace.json, add: config.add.json, append: config.append.json)
        refusal =
            json.isEmpty ? nil : .message(500, "response-transformer: rules for 'json' are not available on this node")
    }

    package func access(_ x: Exchange) -> Verdict {
        refusal.map { .respond($0) } ?? .next
    }

    package func responseHead(_ x: Exchange) {
        guard !headers.isEmpty else { return }
        var target = ResponseHeaders(response: x.response)
        headers.apply(to: &target)
    }
}
