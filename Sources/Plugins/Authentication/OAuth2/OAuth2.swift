// oauth2: clients get tokens from the gateway itself (RFC 6749) and show them (RFC 6750).
// Settings only: what it does with a request is not built yet.

import Schema

package enum OAuth2 {
    package static let declaration = PluginDeclaration(
        name: "oauth2", version: "1.0.0", priority: 1004, config: Config.schema,
        entities: [
            OAuth2Credential.entitySchema, OAuth2AuthorizationCode.entitySchema, OAuth2Token.entitySchema,
        ],
        scopes: [.route, .service])

    package struct Config: Declared {
        package var scopes: [String]?
        package var mandatoryScope = false
        package var provisionKey = ""
        package var tokenExpiration = 7200.0
        package var enableAuthorizationCode = false
        package var enableImplicitGrant = false
        package var enableClientCredentials = false
        package var enablePasswordGrant = false
        package var hideCredentials = false
        package var acceptHTTPIfAlreadyTerminated = false
        package var anonymous: String?
        package var globalCredentials = false
        package var authHeaderName = "authorization"
        package var refreshTokenTTL = 1_209_600.0

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("scopes", \.scopes, doc: "The scopes there are."),
            Field("mandatory_scope", \.mandatoryScope, .defaulted, doc: "Whether a client must ask for a scope."),
            Field(
                "provision_key", \.provisionKey, .unique, .required, .auto(.token),
                doc: "The secret with which the application that signs users in speaks to the gateway."),
            Field("token_expiration", \.tokenExpiration, .defaulted, doc: "Seconds a token is valid; 0 for ever."),
            Field("enable_authorization_code", \.enableAuthorizationCode, .defaulted, doc: "The grant by code."),
            Field("enable_implicit_grant", \.enableImplicitGrant, .defaulted, doc: "The implicit grant."),
            Field(
                "enable_client_credentials", \.enableClientCredentials, .defaulted,
                doc: "The grant by the client's own credentials."),
            Field("enable_password_grant", \.enablePasswordGrant, .defaulted, doc: "The grant by password."),
            Field("hide_credentials", \.hideCredentials, .defaulted, doc: "Whether the upstream sees no token."),
            Field(
                "accept_http_if_already_terminated", \.acceptHTTPIfAlreadyTerminated,
                doc: "Whether X-Forwarded-Proto: https of a trusted proxy counts as TLS."),
            Field(
                "anonymous", \.anonymous, .uuid, .legacy, doc: "The id of the consumer that refused requests pass as."),
            Field("global_credentials", \.globalCredentials, doc: "Whether tokens are valid at other services."),
            Field("auth_header_name", \.authHeaderName, doc: "The header that carries the token."),
            Field("refresh_token_ttl", \.refreshTokenTTL, .defaulted, doc: "Seconds a refresh token is valid."),
        ]

        package static let checks: [EntityCheck] = [
            .conditional(if: "mandatory_scope", .equals(true), then: "scopes", .required)
        ]

        package static func verify(_ row: Row, in context: ValidationContext) -> String? {
            let grants = [
                "enable_authorization_code", "enable_implicit_grant", "enable_client_credentials",
                "enable_password_grant",
            ]
            guard !grants.contains(where: { row[$0] == .bool(true) }) else { return nil }
            return "at least one of these fields must be true: " + grants.joined(separator: ", ")
        }
    }
}
