// jwt: a client shows a signed token (RFC 7519).
// Settings only: what it does with a request is not built yet.

import Schema

/// What the tokens of a consumer are signed with.
package struct JWTSecret: Entity {
    package static let name = "jwt_secrets"
    package static let endpointKey: String? = "key"
    package static let cacheKey = ["key"]

    package enum Algorithm: String, Choice {
        case hs256 = "HS256"
        case hs384 = "HS384"
        case hs512 = "HS512"
        case rs256 = "RS256"
        case rs512 = "RS512"
        case es256 = "ES256"
    }

    package var id = ""
    package var createdAt: Int?
    package var consumer: Reference?
    package var key: String?
    package var secret: String?
    package var rsaPublicKey: String?
    package var algorithm: Algorithm? = .hs256

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field(
            "consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "The consumer whose it is."),
        Field("key", \.key, .unique, .auto(.token), doc: "What tokens say in the key claim."),
        Field("secret", \.secret, .auto(.token), doc: "The secret of HS256, HS384 and HS512."),
        Field("rsa_public_key", \.rsaPublicKey, doc: "The public key of RS256, RS512 and ES256, as PEM."),
        Field("algorithm", \.algorithm, doc: "How the tokens are signed."),
    ]

    package static let checks: [EntityCheck] = [
        .conditional(if: "algorithm", .oneOf(["RS256", "RS512"]), then: "rsa_public_key", .required, publicKey)
    ]

    private static let publicKey = Trait.custom { value, context in
        context.syntax.publicKeyError(value.string ?? "") == nil ? nil : "invalid key"
    }
}

package enum JWT {
    package static let declaration = PluginDeclaration(
        name: "jwt", version: "1.0.0", priority: 1005, config: Config.schema, entities: [JWTSecret.entitySchema],
        checks: [
            .conditional(
                if: "config.maximum_expiration", .greaterThan(0), then: "config.claims_to_verify", .contains("exp"))
        ])

    package enum Claim: String, Choice {
        case exp, nbf
    }

    package struct Config: Declared {
        package var uriParamNames: DistinctList<String> = ["jwt"]
        package var cookieNames: DistinctList<String> = []
        package var keyClaimName = "iss"
        package var secretIsBase64 = false
        package var claimsToVerify: DistinctList<Claim>?
        package var anonymous: String?
        package var runOnPreflight = true
        package var maximumExpiration = 0.0

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("uri_param_names", \.uriParamNames, doc: "Query arguments that may carry the token."),
            Field("cookie_names", \.cookieNames, doc: "Cookies that may carry the token."),
            Field("key_claim_name", \.keyClaimName, doc: "The claim that holds the credential's key."),
            Field("secret_is_base64", \.secretIsBase64, doc: "Whether the secrets are stored in base64."),
            Field("claims_to_verify", \.claimsToVerify, doc: "Registered claims that are checked."),
            Field(
                "anonymous", \.anonymous, .uuid, .legacy, doc: "The id of the consumer that refused requests pass as."),
            Field("run_on_preflight", \.runOnPreflight, doc: "Whether OPTIONS requests need a token, too."),
            Field(
                "maximum_expiration", \.maximumExpiration, .between(0, 31_536_000),
                doc: "Seconds a token may be valid for at most; 0 for any time."),
        ]
    }
}
