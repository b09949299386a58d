// request-size-limiting: refuses requests with a body above a size.
// Settings only: what it does with a request is not built yet.

import Schema

package enum RequestSizeLimiting {
    package static let declaration = PluginDeclaration(
        name: "request-size-limiting", version: "1.0.0", priority: 951, config: Config.schema)

    package struct Config: Declared {
        package var allowedPayloadSize = 128

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("allowed_payload_size", \.allowedPayloadSize, doc: "The largest body in MiB.")
        ]
    }
}
