// basic-auth: a client sends a username and a password (RFC 7617).
// Settings only: what it does with a request is not built yet.

import Schema

/// The username and password of a consumer.
package struct BasicAuthCredential: Entity {
    package static let name = "basicauth_credentials"
    package static let endpointKey: String? = "username"
    package static let cacheKey = ["username"]

    package var id = ""
    package var createdAt: Int?
    package var consumer: Reference?
    package var username = ""
    package var password: String?

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field(
            "consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "The consumer whose it is."),
        Field("username", \.username, .required, .unique, doc: "The name the client shows."),
        Field("password", \.password, doc: "The password; stored as its digest together with the consumer's id."),
    ]

    /// Passwords are stored as a digest, that of the empty one when none is given.
    package static func finish(_ row: inout Row, given: JSONObject, in context: ValidationContext) {
        let password = row["password"]?.string
        guard !context.isDocument, given["password"] != nil || password == nil else { return }
        let consumer = row["consumer"]?["id"]?.string ?? ""
        row["password"] = .string(digest(of: Array((password ?? "").utf8), consumer: consumer))
    }

    /// Kong's: the SHA-1 of password and consumer id in hexadecimal digits.
    static func digest(of password: [UInt8], consumer: String) -> String {
        String(decoding: Digest.hex(Digest.sha1(password + Array(consumer.utf8))), as: UTF8.self)
    }
}

package enum BasicAuth {
    package static let declaration = PluginDeclaration(
        name: "basic-auth", version: "1.0.0", priority: 1001, config: Config.schema,
        entities: [BasicAuthCredential.entitySchema], scopes: [.route, .service])

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
