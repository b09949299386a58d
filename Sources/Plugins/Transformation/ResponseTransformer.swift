// response-transformer: changes headers and JSON bodies of answers on their way to the client, also of those that the
// gateway makes itself.

import PluginKit
import Schema
import Wire

package struct ResponseTransformer: ResponseHeadPhase, ResponseBodyPhase {
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
    private let json: JSONRules

    package init(_ config: Config, _ setup: Setup) {
        headers = RuleSet(
            remove: config.remove.headers, replace: config.replace.headers, add: config.add.headers,
            append: config.append.headers)
        json = JSONRules(
            .response, remove: config.remove.json, replace: config.replace.json, add: config.add.json,
            append: config.append.json)
    }

    package func responseHead(_ x: Exchange) {
        guard !headers.isEmpty else { return }
        var target = ResponseHeaders(response: x.response)
        headers.apply(to: &target)
    }

    package func wantsResponseBody(_ x: Exchange) -> Bool {
        guard !json.isEmpty, let type = x.response.header(Self.contentType) else { return false }
        return String(decoding: type.map(Ascii.lowercased), as: UTF8.self).contains("application/json")
    }

    /// What is no JSON stays as it is.
    package func responseBody(_ x: Exchange, _ body: [UInt8]) -> [UInt8]? {
        json.apply(to: body)
    }

    private static let contentType: HeaderName = "Content-Type"
}
