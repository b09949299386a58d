// An application that may ask for tokens in its users' names.

import Schema

/// An application of a consumer.
package struct OAuth2Credential: Entity {
    package static let name = "oauth2_credentials"
    package static let endpointKey: String? = "client_id"
    package static let cacheKey = ["client_id"]

    package var id = ""
    package var createdAt: Int?
    package var consumer: Reference?
    package var name = ""
    package var clientID: String?
    package var clientSecret: String?
    package var redirectURIs: [String] = []

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field("consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "The consumer whose it is."),
        Field("name", \.name, .required, doc: "The application's name."),
        Field("client_id", \.clientID, .unique, .auto(.token), doc: "What the application calls itself."),
        Field("client_secret", \.clientSecret, .auto(.token), doc: "Its secret."),
        Field(
            "redirect_uris", \.redirectURIs, .required, .each(redirectURI),
            doc: "Where users may be sent back to; the first is the usual one."),
    ]

    private static let redirectURI = Trait.text { text in
        guard let url = URLParts(text), url.scheme != nil, url.host != nil else { return "cannot parse '\(text)'" }
        return url.fragment == nil ? nil : "fragment not allowed in '\(text)'"
    }
}
