// basic-auth: a client shows a username and a password (RFC 7617) and is the consumer whose they are.

import PluginKit
import Schema
import Wire

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

    /// Kong makes the digest before it looks at types, so a number passes as its digits.
    package static let shorthands = [
        Shorthand("password") { value in ["password": value.number.map { .string($0.luaText) } ?? value] }
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

/// Lets requests pass that show the username and password of a consumer.
package struct BasicAuth: AccessPhase {
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

    private static let unauthorized = Response.message(
        401, "Unauthorized", fields: [.init("WWW-Authenticate", "Basic realm=\"kong\"")])
    private static let invalid = Response.message(401, "Invalid authentication credentials")

    private let hides: Bool
    private let authentication: Authentication
    private let users: CredentialKind?

    package init(_ config: Config, _ setup: Setup) {
        hides = config.hideCredentials
        authentication = Authentication(anonymous: config.anonymous)
        users = setup.credentials(BasicAuthCredential.name)
    }

    package func access(_ x: Exchange) -> Verdict {
        if authentication.isSettled(x) { return .next }
        let (given, isThere) = find(x)
        guard isThere else { return authentication.refuse(x, Self.unauthorized) }
        guard let given, let users, let credential = x.credential(users, given.name.span),
            isRight(given.password, of: credential)
        else { return authentication.refuse(x, Self.invalid) }
        return authentication.accept(x, credential)
    }

    /// The first of the two headers that holds a username decides; an empty one counts as being there.
    private func find(_ x: Exchange) -> (given: (name: [UInt8], password: [UInt8])?, isThere: Bool) {
        var isThere = false
        for header in [HeaderName.proxyAuthorization, .authorization] {
            guard let value = x.request.header(header) else { continue }
            isThere = true
            if hides { x.request.clear(header) }
            if let given = UserPassword.read(value, scheme: "basic") { return (given, true) }
        }
        return (nil, isThere)
    }

    private func isRight(_ password: [UInt8], of credential: CredentialInfo) -> Bool {
        let digest = Digest.hex(Digest.sha1(password + credential.consumerID))
        return Digest.isEqual(digest, Array((credential.row["password"]?.string ?? "").utf8))
    }
}
