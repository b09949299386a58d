// zipkin: reports how long the parts of a request took to a Zipkin server, and passes trace contexts on.
// Settings only: what it does with a request is not built yet.

import Schema

package enum Zipkin {
    package static let declaration = PluginDeclaration(
        name: "zipkin", version: "0.1.2", priority: 100_000, config: Config.schema, protocols: nil,
        runOn: ["first", "second", "all"], defaultRunOn: "all")

    package struct Config: Declared {
        package var httpEndpoint = ""
        package var sampleRatio = 0.001

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("http_endpoint", \.httpEndpoint, .required, .url, doc: "Where the spans are sent."),
            Field("sample_ratio", \.sampleRatio, .between(0, 1), doc: "The share of requests that is traced."),
        ]
    }
}
