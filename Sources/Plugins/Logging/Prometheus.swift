// prometheus: shows figures of all requests at /metrics of the Admin API. It has no settings.
// Settings only: what it does with a request is not built yet.

import Schema

package enum Prometheus {
    package static let declaration = PluginDeclaration(
        name: "prometheus", version: "0.3.4", priority: 13, config: Config.schema, protocols: nil,
        runOn: ["first", "second", "all"])

    package struct Config: Declared {
        package init() {}

        package static let fields: [Field<Self>] = []
    }
}
