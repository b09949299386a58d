// A token that an application shows with its requests.

import Schema

/// An access token, with the refresh token that renews it.
package struct OAuth2Token: Entity {
    package static let name = "oauth2_tokens"
    package static let endpointKey: String? = "access_token"
    package static let cacheKey = ["access_token"]
    package static let hasTTL = true

    /// The only sort of token there is (RFC 6750).
    package enum TokenType: String, Choice {
        case bearer
    }

    package var id = ""
    package var createdAt: Int?
    package var service: Reference?
    package var credential: Reference?
    package var tokenType = TokenType.bearer
    package var expiresIn = 0
    package var accessToken: String?
    package var refreshToken: String?
    package var authenticatedUserID: String?
    package var scope: String?

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field("service", \.service, .references("services", onDelete: .cascade), doc: "The service it is for."),
        Field(
            "credential", \.credential, .references("oauth2_credentials", onDelete: .cascade),
            doc: "The application that has it."),
        Field("token_type", \.tokenType, .defaulted, doc: "How it is shown."),
        Field(
            "expires_in", \.expiresIn, .required, .between(-2_147_483_648, 2_147_483_647),
            doc: "Seconds it is valid; 0 for ever."),
        Field("access_token", \.accessToken, .unique, .auto(.token), doc: "The token."),
        Field("refresh_token", \.refreshToken, .unique, doc: "What a new one is asked for with."),
        Field("authenticated_userid", \.authenticatedUserID, doc: "The user who consented."),
        Field("scope", \.scope, doc: "What the user consented to."),
    ]
}
