// The names under which the credentials of plugins are reached beside their tables' names:
// /consumers/:c/key-auth and /key-auths for keyauth_credentials. Data; how they work is the same for all.

struct CredentialPaths: Sendable {
    let entity: String
    /// The collection below a consumer.
    let below: String
    /// The list of all consumers' credentials, only read.
    let all: String
    /// Whether a credential's consumer is found under the list of all.
    var hasOwner = true

    static let known = [
        CredentialPaths(entity: "keyauth_credentials", below: "key-auth", all: "key-auths"),
        CredentialPaths(entity: "basicauth_credentials", below: "basic-auth", all: "basic-auths"),
        CredentialPaths(entity: "hmacauth_credentials", below: "hmac-auth", all: "hmac-auths"),
        CredentialPaths(entity: "jwt_secrets", below: "jwt", all: "jwts"),
        CredentialPaths(entity: "acls", below: "acls", all: "acls"),
        CredentialPaths(entity: "oauth2_credentials", below: "oauth2", all: "oauth2", hasOwner: false),
    ]
}
