// The two endpoints of the oauth2 plugin: one where the application that signs users in gets a consent stored as a code
// or token, one where applications change codes, secrets and refresh tokens for tokens.

import PluginKit
import Schema
import Wire

/// What a POST to the plugin's own paths is for.
enum OAuth2Endpoint {
    case token, authorize

    /// The name may stand anywhere in the path.
    init?(path: [UInt8]) {
        let text = String(decoding: path, as: UTF8.self)
        if text.contains("/oauth2/token") {
            self = .token
        } else if text.contains("/oauth2/authorize") {
            self = .authorize
        } else {
            return nil
        }
    }
}

/// What is answered, once the changes are made.
struct OAuth2Answer: Sendable {
    let response: Response
    var changes: [RowChange] = []
    /// The answer when a code or token to use up is gone in the meantime.
    var goneResponse = Response.unexpectedError
}

/// Decides over one configuration's consents and tokens.
struct OAuth2Authority {
    /// A new token, or nothing but an answer.
    private struct Outcome {
        var changes: [RowChange] = []
        var members: JSONObject
        var gone = OAuth2Fault.code
    }

    private static let codeSeconds = 300

    let config: OAuth2.Config
    let header: HeaderName
    let tables: OAuth2Tables

    func answer(_ endpoint: OAuth2Endpoint, _ x: Exchange) -> OAuth2Answer {
        let parameters = OAuth2Parameters(x)
        let state = parameters.text("state")
        do throws(OAuth2Fault) {
            guard isSecure(x) else { throw .insecure }
            switch endpoint {
            case .token:
                let outcome = try token(parameters, x)
                return OAuth2Answer(
                    response: Self.response(200, outcome.members, state), changes: outcome.changes,
                    goneResponse: Self.response(400, outcome.gone.members, state))
            case .authorize: return try authorize(parameters, state, x)
            }
        } catch {
            return OAuth2Answer(response: Self.response(error.status, error.members, state))
        }
    }

    private func isSecure(_ x: Exchange) -> Bool {
        if x.isTLS { return true }
        guard config.acceptHTTPIfAlreadyTerminated, x.isFromTrustedPeer else { return false }
        return x.request.header("X-Forwarded-Proto") == Array("https".utf8)
    }

    /// Answers here must not be cached (RFC 6749, section 5.1).
    private static func response(_ status: Int, _ members: JSONObject, _ state: String?) -> Response {
        var members = members
        if let state { members["state"] = .string(state) }
        var fields = [Response.Field("Cache-Control", "no-store"), Response.Field("Pragma", "no-cache")]
        if status == 401 { fields.append(Response.Field(.wwwAuthenticate, "Basic realm=\"OAuth2.0\"")) }
        return .json(status, JSON.object(members).bytes, fields: fields)
    }

    // MARK: - Consents

    /// Stores a user's consent. Once the application is known, it learns of faults by the redirect.
    private func authorize(
        _ parameters: OAuth2Parameters, _ state: String?, _ x: Exchange
    ) throws(OAuth2Fault) -> OAuth2Answer {
        guard parameters.text("provision_key") == config.provisionKey else { throw .provisionKey }
        guard let user = parameters.text("authenticated_userid"), user.contains(where: { !$0.isWhitespace }) else {
            throw .userID
        }
        guard let client = parameters.text("client_id").flatMap({ tables.client(Array($0.utf8), x) }),
            let usual = client.redirectURIs.first
        else { throw .client }
        let wanted = parameters.text("redirect_uri") ?? usual
        let isRegistered = client.redirectURIs.contains(wanted)
        let target = isRegistered ? wanted : usual
        do throws(OAuth2Fault) {
            let scope = try scope(parameters, before: isRegistered ? nil : .redirectURI)
            let isImplicit = try isImplicit(parameters)
            return consent(Consent(client, user, scope, isImplicit: isImplicit), target, state, x)
        } catch {
            let uri = RedirectURI.adding(error.members.adding(state), toQueryOf: target)
            return OAuth2Answer(response: Self.response(error.status, ["redirect_uri": .string(uri)], nil))
        }
    }

    private struct Consent {
        let client: CredentialInfo
        let user: String
        let scope: String?
        let isImplicit: Bool

        init(_ client: CredentialInfo, _ user: String, _ scope: String?, isImplicit: Bool) {
            self.client = client
            self.user = user
            self.scope = scope
            self.isImplicit = isImplicit
        }
    }

    private func consent(_ consent: Consent, _ target: String, _ state: String?, _ x: Exchange) -> OAuth2Answer {
        let uri: String
        let changes: [RowChange]
        if consent.isImplicit {
            let outcome = grant(
                consent.client, user: consent.user, scope: consent.scope, isRefreshable: false, x)
            uri = RedirectURI.adding(outcome.members.adding(state), toFragmentOf: target)
            changes = outcome.changes
        } else {
            let code = RandomToken.make()
            var members = owner(consent.client, user: consent.user, scope: consent.scope, x)
            members["code"] = .string(code)
            uri = RedirectURI.adding(JSONObject([("code", .string(code))]).adding(state), toQueryOf: target)
            changes = [
                .insert(
                    entity: OAuth2AuthorizationCode.name, members: members, expiresAfterSeconds: Self.codeSeconds)
            ]
        }
        return OAuth2Answer(response: Self.response(200, ["redirect_uri": .string(uri)], nil), changes: changes)
    }

    private func isImplicit(_ parameters: OAuth2Parameters) throws(OAuth2Fault) -> Bool {
        switch parameters.text("response_type") {
        case "code" where config.enableAuthorizationCode: return false
        case "token" where config.enableImplicitGrant: return true
        default: throw .responseType
        }
    }

    /// The scopes asked for that there are; nil for none.
    ///
    /// - Parameter fault: what is wrong besides and counts more, since Kong lets later faults replace earlier ones.
    private func scope(
        _ parameters: OAuth2Parameters, before fault: OAuth2Fault? = nil
    ) throws(OAuth2Fault) -> String? {
        if let fault { throw fault }
        switch parameters.value("scope") {
        case .missing:
            if config.mandatoryScope { throw .scope("You must specify a scope") }
            return nil
        case .several, .other: throw .scope("scope must be a string")
        case .text(let bytes):
            guard let known = config.scopes else { return nil }
            let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
            if let unknown = words.first(where: { !known.contains($0) }) {
                throw .scope("\"\(unknown)\" is an invalid scope")
            }
            return words.isEmpty ? nil : words.joined(separator: " ")
        }
    }

    // MARK: - Tokens

    private func token(_ parameters: OAuth2Parameters, _ x: Exchange) throws(OAuth2Fault) -> Outcome {
        let type = parameters.text("grant_type")
        switch type {
        case "authorization_code", "refresh_token": break
        case "client_credentials" where config.enableClientCredentials: break
        case "password" where config.enablePasswordGrant: break
        default: throw .grantType
        }
        let client = try client(parameters, x)
        if let wanted = parameters.text("redirect_uri"), !client.redirectURIs.contains(wanted) { throw .redirectURI }
        switch type {
        case "authorization_code": return try token(forCode: parameters.text("code"), client, x)
        case "refresh_token": return try token(forRefresh: parameters.text("refresh_token"), client, x)
        case "password":
            guard parameters.text("provision_key") == config.provisionKey else { throw .provisionKey }
            guard let user = parameters.text("authenticated_userid"), user.contains(where: { !$0.isWhitespace }) else {
                throw .userID
            }
            return grant(client, user: user, scope: try scope(parameters), isRefreshable: true, x)
        default:
            let user = parameters.text("authenticated_userid")
            guard user == nil || parameters.text("provision_key") == config.provisionKey else { throw .provisionKey }
            return grant(client, user: user, scope: try scope(parameters), isRefreshable: false, x)
        }
    }

    /// The application by its parameters, or by the header.
    private func client(_ parameters: OAuth2Parameters, _ x: Exchange) throws(OAuth2Fault) -> CredentialInfo {
        var fault = OAuth2Fault.client
        var given: (name: [UInt8], password: [UInt8])?
        if let id = parameters.text("client_id"), let secret = parameters.text("client_secret") {
            given = (Array(id.utf8), Array(secret.utf8))
        } else if let value = x.request.header(header) {
            fault = .clientInHeader
            given = UserPassword.read(value, scheme: "basic")
        }
        guard let given, let client = tables.client(given.name, x), let secret = client.row["client_secret"]?.string,
            Digest.isEqual(Array(secret.utf8), given.password)
        else { throw fault }
        return client
    }

    private func token(
        forCode code: String?, _ client: CredentialInfo, _ x: Exchange
    ) throws(OAuth2Fault) -> Outcome {
        guard let stored = code.flatMap({ tables.code(Array($0.utf8), x) }), isForHere(stored, x),
            stored.credential == client.idText
        else { throw .code }
        return renewed(stored, client, OAuth2AuthorizationCode.name, gone: .code, x)
    }

    private func token(
        forRefresh token: String?, _ client: CredentialInfo, _ x: Exchange
    ) throws(OAuth2Fault) -> Outcome {
        guard let stored = token.flatMap({ tables.token(refreshedBy: Array($0.utf8), x) }), isForHere(stored, x) else {
            throw .refreshToken
        }
        guard stored.credential == client.idText else { throw .client }
        return renewed(stored, client, OAuth2Token.name, gone: .refreshToken, x)
    }

    private func isForHere(_ stored: OAuth2Grant, _ x: Exchange) -> Bool {
        config.globalCredentials || stored.service == x.serviceID
    }

    /// A token for what was granted before, in whose place it comes.
    private func renewed(
        _ stored: OAuth2Grant, _ client: CredentialInfo, _ entity: String, gone: OAuth2Fault, _ x: Exchange
    ) -> Outcome {
        var outcome = grant(
            client, user: stored.row["authenticated_userid"]?.string, scope: stored.row["scope"]?.string,
            isRefreshable: true, x)
        outcome.changes.insert(.take(entity: entity, id: stored.id), at: 0)
        outcome.gone = gone
        return outcome
    }

    private func grant(
        _ client: CredentialInfo, user: String?, scope: String?, isRefreshable: Bool, _ x: Exchange
    ) -> Outcome {
        let token = RandomToken.make()
        var row = owner(client, user: user, scope: scope, x)
        var answer: JSONObject = ["access_token": .string(token), "token_type": "bearer"]
        row["access_token"] = .string(token)
        row["expires_in"] = .number(config.tokenExpiration)
        if config.tokenExpiration > 0 {
            answer["expires_in"] = .number(config.tokenExpiration)
            if isRefreshable {
                let refresh = JSON.string(RandomToken.make())
                row["refresh_token"] = refresh
                answer["refresh_token"] = refresh
            }
        }
        let isForEver = config.tokenExpiration <= 0 || config.refreshTokenTTL <= 0
        let seconds = isForEver ? nil : Int(exactly: config.refreshTokenTTL.rounded())
        let change = RowChange.insert(entity: OAuth2Token.name, members: row, expiresAfterSeconds: seconds)
        return Outcome(changes: [change], members: answer)
    }

    /// The members that say what a code or token is for.
    private func owner(_ client: CredentialInfo, user: String?, scope: String?, _ x: Exchange) -> JSONObject {
        var members: JSONObject = ["credential": ["id": .string(client.idText)]]
        if let service = x.serviceID, !config.globalCredentials { members["service"] = ["id": .string(service)] }
        if let user { members["authenticated_userid"] = .string(user) }
        if let scope { members["scope"] = .string(scope) }
        return members
    }
}

extension CredentialInfo {
    fileprivate var idText: String { String(decoding: id, as: UTF8.self) }
    fileprivate var redirectURIs: [String] { row["redirect_uris"]?.array?.compactMap(\.string) ?? [] }
}

extension JSONObject {
    /// The members with the application's state, which it gets back as it was.
    fileprivate func adding(_ state: String?) -> JSONObject {
        guard let state else { return self }
        var members = self
        members["state"] = .string(state)
        return members
    }
}
