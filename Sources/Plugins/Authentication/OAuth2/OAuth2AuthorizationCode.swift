// A code that a user's consent was given as; the application changes it for a token.

import Schema

/// A code that can be used once, within five minutes.
package struct OAuth2AuthorizationCode: Entity {
    package static let name = "oauth2_authorization_codes"
    package static let hasTTL = true

    package var id = ""
    package var createdAt: Int?
    package var service: Reference?
    package var credential: Reference?
    package var code: String?
    package var authenticatedUserID: String?
    package var scope: String?

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field("service", \.service, .references("services", onDelete: .cascade), doc: "The service it is for."),
        Field(
            "credential", \.credential, .references("oauth2_credentials", onDelete: .cascade),
            doc: "The application it is for."),
        Field("code", \.code, .unique, .auto(.token), doc: "The code."),
        Field("authenticated_userid", \.authenticatedUserID, doc: "The user who consented."),
        Field("scope", \.scope, doc: "What the user consented to."),
    ]
}
