// basic-auth: a client sends a username and a password (RFC 7617).
// Settings only: what it does with a request is not built yet.

import Schema

package enum BasicAuth {
    package static let declaration = PluginDeclaration(
        name: "basic-auth", version: "1.0.0", priority: 1001, config: Config.schema, scopes: [.route, .service])

    package struct Config: Declared {
        package var anonymous: String?
        package var hideCredentials = false

        package init() {}

        package static let fields: [Field<Self>] = [
            Field(
                "anonymous", \.anonymous, .uuid, .legacy, doc: "The id of the consumer that refused requests pass as."),
            Field("hide_credentials", \.hideCredentials, doc: "Whether the credential is kept from the upstream."),
        ]
    }
}
