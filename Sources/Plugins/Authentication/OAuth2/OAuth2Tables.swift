// Where the oauth2 plugin finds applications, codes and tokens.

import PluginKit
import Schema

/// The tables of the plugin's rows.
struct OAuth2Tables: Sendable {
    private static let byAccessToken = Lookup(OAuth2Token.name, by: "access_token")
    private static let byRefreshToken = Lookup(OAuth2Token.name, by: "refresh_token")
    private static let byCode = Lookup(OAuth2AuthorizationCode.name, by: "code")
    private static let byID = Lookup(OAuth2Credential.name, by: "id")
    static let lookups = [byAccessToken, byRefreshToken, byCode, byID]

    private let accessTokens: LookupTable
    private let refreshTokens: LookupTable
    private let codes: LookupTable
    private let credentials: LookupTable
    private let clients: CredentialKind

    /// nil when the plugin is not enabled.
    init?(_ setup: Setup) {
        guard let accessTokens = setup.table(Self.byAccessToken), let refreshTokens = setup.table(Self.byRefreshToken),
            let codes = setup.table(Self.byCode), let credentials = setup.table(Self.byID),
            let clients = setup.credentials(OAuth2Credential.name)
        else { return nil }
        self.accessTokens = accessTokens
        self.refreshTokens = refreshTokens
        self.codes = codes
        self.credentials = credentials
        self.clients = clients
    }

    func token(_ token: [UInt8], _ x: Exchange) -> OAuth2Grant? { find(accessTokens, token, x) }
    func token(refreshedBy token: [UInt8], _ x: Exchange) -> OAuth2Grant? { find(refreshTokens, token, x) }
    func code(_ code: [UInt8], _ x: Exchange) -> OAuth2Grant? { find(codes, code, x) }

    /// The application of that client id.
    func client(_ id: [UInt8], _ x: Exchange) -> CredentialInfo? { x.credential(clients, id.span) }

    /// The application that a token was given to.
    func client(ofToken row: Row, _ x: Exchange) -> CredentialInfo? {
        guard let id = row["credential"]?["id"]?.string,
            let client = x.rows(credentials, Array(id.utf8)).first?["client_id"]?.string
        else { return nil }
        return x.credential(clients, Array(client.utf8).span)
    }

    private func find(_ table: LookupTable, _ key: [UInt8], _ x: Exchange) -> OAuth2Grant? {
        x.rows(table, key).first.map(OAuth2Grant.init).flatMap { $0.isGone(x) ? nil : $0 }
    }
}

/// A stored code or token: what was granted to whom.
struct OAuth2Grant {
    let row: Row

    var id: String { row["id"]?.string ?? "" }
    var service: String? { row["service"]?["id"]?.string }
    var credential: String? { row["credential"]?["id"]?.string }

    /// Whether the token's own time is over; its refresh token may live longer.
    func isExpired(_ x: Exchange) -> Bool {
        guard let seconds = row["expires_in"]?.number, seconds > 0, let created = row["created_at"]?.number else {
            return false
        }
        return Double(x.nowMilliseconds / 1000) - created > seconds
    }

    /// Whether the row's time is over, although the store hasn't removed it yet.
    func isGone(_ x: Exchange) -> Bool {
        guard let end = row["ttl"]?.number else { return false }
        return end < Double(x.nowMilliseconds / 1000)
    }
}
