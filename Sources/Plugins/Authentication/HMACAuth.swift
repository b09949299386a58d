// hmac-auth: a client signs the headers of its request with a shared secret.
// Settings only: what it does with a request is not built yet.

import Schema

/// The username and secret of a consumer.
package struct HMACAuthCredential: Entity {
    package static let name = "hmacauth_credentials"
    package static let endpointKey: String? = "username"
    package static let cacheKey = ["username"]

    package var id = ""
    package var createdAt: Int?
    package var consumer: Reference?
    package var username = ""
    package var secret: String?

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field(
            "consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "The consumer whose it is."),
        Field("username", \.username, .required, .unique, doc: "The name the client shows."),
        Field("secret", \.secret, .auto(.token), doc: "What the client signs with; made up when none is given."),
    ]
}

package enum HMACAuth {
    package static let declaration = PluginDeclaration(
        name: "hmac-auth", version: "1.0.0", priority: 1000, config: Config.schema,
        entities: [HMACAuthCredential.entitySchema], scopes: [.route, .service])

    package enum Algorithm: String, Choice {
        case sha1 = "hmac-sha1"
        case sha256 = "hmac-sha256"
        case sha384 = "hmac-sha384"
        case sha512 = "hmac-sha512"
    }

    package struct Config: Declared {
        package var hideCredentials = false
        package var clockSkew = 300.0
        package var anonymous: String?
        package var validateRequestBody = false
        package var enforceHeaders: [String] = []
        package var algorithms = Algorithm.allCases

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("hide_credentials", \.hideCredentials, doc: "Whether the credential is kept from the upstream."),
            Field("clock_skew", \.clockSkew, .greaterThan(0), doc: "Seconds that the client's Date may differ."),
            Field(
                "anonymous", \.anonymous, .uuid, .legacy, doc: "The id of the consumer that refused requests pass as."),
            Field("validate_request_body", \.validateRequestBody, doc: "Whether the Digest of the body is checked."),
            Field("enforce_headers", \.enforceHeaders, doc: "Headers that must be signed."),
            Field("algorithms", \.algorithms, doc: "The algorithms that are accepted."),
        ]
    }
}
