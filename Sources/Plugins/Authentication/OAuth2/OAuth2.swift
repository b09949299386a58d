// oauth2: applications get tokens from the gateway itself (RFC 6749) and show them with their requests (RFC 6750).

import PluginKit
import Schema
import Wire

/// Gives out tokens, and lets requests pass that show one.
package struct OAuth2: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "oauth2", version: "1.0.0", priority: 1004, config: Config.schema,
        entities: [
            OAuth2Credential.entitySchema, OAuth2AuthorizationCode.entitySchema, OAuth2Token.entitySchema,
        ],
        scopes: [.route, .service])
    package static let lookups = OAuth2Tables.lookups

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

    /// A request that shows a token may have it in its body, and one that asks for a token its parameters.
    package let readsBody = true
    private let config: Config
    private let header: HeaderName
    private let authentication: Authentication
    private let tables: OAuth2Tables?
    private let node: NodeState

    package init(_ config: Config, _ setup: Setup) {
        self.config = config
        header = HeaderName(config.authHeaderName)
        authentication = Authentication(anonymous: config.anonymous)
        tables = OAuth2Tables(setup)
        node = setup.node
    }

    package func access(_ x: Exchange) -> Verdict {
        if authentication.isSettled(x) { return .next }
        guard let tables else { return .respond(.unexpectedError) }
        if x.request.method == .post, let endpoint = OAuth2Endpoint(path: x.request.copy(x.request.head.path)) {
            return serve(endpoint, tables, x)
        }
        return judge(tables, x)
    }

    // MARK: - Giving out tokens

    private func serve(_ endpoint: OAuth2Endpoint, _ tables: OAuth2Tables, _ x: Exchange) -> Verdict {
        let grant = OAuth2Authority(config: config, header: header, tables: tables).answer(endpoint, x)
        guard !grant.changes.isEmpty else { return .respond(grant.response) }
        guard let writer = node.rowWriter, let resumption = Resumption(x) else { return .respond(.unexpectedError) }
        writer.write(grant.changes) { outcome in
            resumption.resume { _ in
                switch outcome {
                case .done: .respond(grant.response)
                case .gone: .respond(grant.goneResponse)
                case .failed: .respond(.unexpectedError)
                }
            }
        }
        return .suspend
    }

    // MARK: - Judging tokens

    private static let missing = OAuth2Fault("invalid_request", "The access token is missing", status: 401)
    private static let invalid = OAuth2Fault(
        "invalid_token", "The access token is invalid or has expired", status: 401)
    private static let global = OAuth2Fault(
        "invalid_token",
        "The access token is global, but the current plugin is configured without 'global_credentials'", status: 401)
    private static let missingResponse = missing.response(challenge: "Bearer realm=\"service\"")
    private static let invalidResponse = invalid.response(
        challenge: "Bearer realm=\"service\" error=\"invalid_token\" "
            + "error_description=\"The access token is invalid or has expired\"")
    private static let globalResponse = global.response(challenge: nil)
    private static let scope: HeaderName = "X-Authenticated-Scope"
    private static let userID: HeaderName = "X-Authenticated-UserID"
    private static let tokenName = "access_token"

    private func judge(_ tables: OAuth2Tables, _ x: Exchange) -> Verdict {
        guard let shown = findToken(x) else { return refuse(x, Self.missingResponse) }
        guard let token = tables.token(shown, x), !token.isExpired(x) else { return refuse(x, Self.invalidResponse) }
        if let service = token.service {
            guard service == x.serviceID else { return refuse(x, Self.invalidResponse) }
        } else if !config.globalCredentials {
            return refuse(x, Self.globalResponse)
        }
        guard let credential = tables.client(ofToken: token.row, x) else { return refuse(x, Self.invalidResponse) }
        let verdict = authentication.accept(x, credential)
        x.request.setOrClear(Self.scope, token.row["scope"]?.string.map { Array($0.utf8) })
        x.request.setOrClear(Self.userID, token.row["authenticated_userid"]?.string.map { Array($0.utf8) })
        return verdict
    }

    private func refuse(_ x: Exchange, _ response: Response) -> Verdict {
        x.request.clear(Self.scope)
        x.request.clear(Self.userID)
        return authentication.refuse(x, response)
    }

    /// The token in the header, after `bearer` or `token` or alone; without the header the parameter.
    private func findToken(_ x: Exchange) -> [UInt8]? {
        if let value = x.request.header(header) {
            let words = value.split(separator: Ascii.space, omittingEmptySubsequences: false)
            let schemes = [Array("bearer".utf8), Array("token".utf8)]
            guard words.count == 2, schemes.contains(words[0].map(Ascii.lowercased)) else { return value }
            if config.hideCredentials { x.request.clear(header) }
            return Array(words[1])
        }
        let parameters = OAuth2Parameters(x)
        guard case .text(let token) = parameters.value(Self.tokenName) else { return nil }
        if config.hideCredentials { parameters.hide(Self.tokenName, x) }
        return token
    }
}

extension Exchange {
    var serviceID: String? { service.map { String(decoding: $0.id, as: UTF8.self) } }
}
