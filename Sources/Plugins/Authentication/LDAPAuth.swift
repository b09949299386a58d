// ldap-auth: a client's username and password are checked by an LDAP server.
// Settings only: what it does with a request is not built yet.

import Schema

package enum LDAPAuth {
    package static let declaration = PluginDeclaration(
        name: "ldap-auth", version: "1.0.0", priority: 1002, config: Config.schema, scopes: [.route, .service])

    package struct Config: Declared {
        package var ldapHost = ""
        package var ldapPort = 0
        package var startTLS = false
        package var verifyLDAPHost = false
        package var baseDN = ""
        package var attribute = ""
        package var cacheTTL = 60.0
        package var hideCredentials = false
        package var timeout = 10_000.0
        package var keepalive = 60_000.0
        package var anonymous: String?
        package var headerType = "ldap"

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("ldap_host", \.ldapHost, .required, .host, doc: "The LDAP server's host."),
            Field("ldap_port", \.ldapPort, .required, .port, doc: "The LDAP server's port."),
            Field("start_tls", \.startTLS, .defaulted, doc: "Whether StartTLS is used."),
            Field("verify_ldap_host", \.verifyLDAPHost, .defaulted, doc: "Whether its certificate is checked."),
            Field("base_dn", \.baseDN, .required, doc: "Where the users are."),
            Field("attribute", \.attribute, .required, doc: "The attribute that holds the username."),
            Field("cache_ttl", \.cacheTTL, .defaulted, doc: "Seconds an answer is remembered."),
            Field("hide_credentials", \.hideCredentials, doc: "Whether the credential is kept from the upstream."),
            Field("timeout", \.timeout, doc: "Milliseconds to wait for the server."),
            Field("keepalive", \.keepalive, doc: "Milliseconds an idle connection is kept."),
            Field(
                "anonymous", \.anonymous, .uuid, .legacy, doc: "The id of the consumer that refused requests pass as."),
            Field("header_type", \.headerType, doc: "The scheme in the Authorization header."),
        ]
    }
}
