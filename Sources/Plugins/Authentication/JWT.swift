// jwt: a client shows a signed token (RFC 7519).
// Settings only: what it does with a request is not built yet.

import Schema

package enum JWT {
    package static let declaration = PluginDeclaration(
        name: "jwt", version: "1.0.0", priority: 1005, config: Config.schema,
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
