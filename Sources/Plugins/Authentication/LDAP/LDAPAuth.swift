// ldap-auth: a client shows a username and a password, and an LDAP server says whether they are right: the gateway
// binds with them. Nobody becomes a consumer by that; the upstream is told the username.

import PluginKit
import Schema
import Wire

/// Lets requests pass whose username and password an LDAP server takes.
package struct LDAPAuth: AccessPhase {
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

    private struct Attempt {
        let name: [UInt8]
        let password: [UInt8]
    }

    private static let invalid = Response.message(401, "Invalid authentication credentials")
    /// How many verdicts an event loop remembers.
    private static let mostVerdicts = 10_000

    private let server: LDAPServer
    private let base: String
    private let attribute: String
    private let hides: Bool
    /// In lower case.
    private let scheme: [UInt8]
    private let unauthorized: Response
    private let authentication: Authentication
    /// Milliseconds; 0 remembers nothing.
    private let lifetime: Int64
    /// What keeps the verdicts of this configuration apart from others'.
    private let scope: [UInt8]

    package init(_ config: Config, _ setup: Setup) {
        var server = LDAPServer(at: OutboundPeer(host: config.ldapHost, port: config.ldapPort))
        server.startsTLS = config.startTLS
        server.verifiesCertificate = config.verifyLDAPHost
        server.timeoutMilliseconds = Int64(milliseconds: config.timeout)
        server.keepAliveMilliseconds = Int64(milliseconds: config.keepalive)
        self.server = server
        base = config.baseDN
        attribute = config.attribute
        hides = config.hideCredentials
        scheme = config.headerType.utf8.map(Ascii.lowercased)
        let told = config.headerType == "ldap" ? "LDAP" : config.headerType
        unauthorized = .message(401, "Unauthorized", fields: [.init(.wwwAuthenticate, "\(told) realm=\"kong\"")])
        authentication = Authentication(anonymous: config.anonymous)
        lifetime = config.cacheTTL > 0 ? Int64(milliseconds: config.cacheTTL * 1000) : 0
        let way = "\(config.ldapHost):\(config.ldapPort):\(config.startTLS):\(config.verifyLDAPHost):\(lifetime)"
        scope = Digest.sha256(Array("\(way):\(attribute):\(base)".utf8))
    }

    package func access(_ x: Exchange) -> Verdict {
        if authentication.isSettled(x) { return .next }
        let headers = [HeaderName.proxyAuthorization, .authorization].compactMap { x.request.header($0) }
        guard !headers.isEmpty else { return authentication.refuse(x, unauthorized) }
        return decide(x, headers.compactMap(read)[...])
    }

    /// Goes by the first attempt that the server takes.
    private func decide(_ x: Exchange, _ attempts: ArraySlice<Attempt>) -> Verdict {
        guard let attempt = attempts.first else { return authentication.refuse(x, Self.invalid) }
        guard let outbound = x.outbound, let ldap = x.ldap else { return .respond(.unexpectedError) }
        let verdicts = outbound.state(Self.declaration.name) { LDAPVerdicts(limit: Self.mostVerdicts) }
        let key = verdicts.key(scope, attempt.name, attempt.password)
        if let verdict = verdicts.find(key, now: x.nowMilliseconds) { return follow(verdict, x, attempts) }
        let suspension = Suspension(x)
        let isFirst = verdicts.wait(for: key) { verdict in
            suspension.resume { x in follow(verdict, x, attempts) }
        }
        if isFirst { ask(ldap, attempt, verdicts, key, outbound, until: x.nowMilliseconds + lifetime) }
        return .suspend
    }

    private func follow(_ verdict: LDAPVerdicts.Verdict, _ x: Exchange, _ attempts: ArraySlice<Attempt>) -> Verdict {
        switch verdict {
        case .accepted(let credential): accept(x, credential)
        case .refused: decide(x, attempts.dropFirst())
        case .unknown: .respond(.unexpectedError)
        }
    }

    private func accept(_ x: Exchange, _ credential: CredentialInfo) -> Verdict {
        if hides {
            x.request.clear(.authorization)
            x.request.clear(.proxyAuthorization)
        }
        return authentication.acceptWithoutConsumer(x, credential)
    }

    // MARK: - Asking

    private func ask(
        _ ldap: any LDAPClient, _ attempt: Attempt, _ verdicts: LDAPVerdicts, _ key: [UInt8],
        _ outbound: any Outbound, until expiry: Int64
    ) {
        let name = LDAPName.join(attribute, attempt.name, base)
        ldap.bind(name, password: attempt.password, to: server) { [weak outbound] result in
            let verdict = judge(result, attempt.name, outbound)
            verdicts.settle(key, verdict, until: lifetime > 0 ? expiry : nil)
        }
    }

    private func judge(
        _ result: Result<LDAPResult, OutboundFailure>, _ name: [UInt8], _ outbound: (any Outbound)?
    ) -> LDAPVerdicts.Verdict {
        let peer = "\(server.peer.host):\(server.peer.port)"
        switch result {
        case .failure(let failure):
            outbound?.logError("[ldap-auth] failed to ask \(peer): \(failure.text)")
            return .unknown
        case .success(let result) where result.code == 0:
            let row: JSONObject = ["username": .string(String(decoding: name, as: UTF8.self))]
            return .accepted(CredentialInfo(id: [], consumerID: [], username: name, row: row))
        case .success(let result):
            let isPlain = Self.plainRefusals.contains(result.code)
            if !isPlain {
                let text = String(decoding: result.text, as: UTF8.self)
                outbound?.logError("[ldap-auth] \(peer) refused a bind with code \(result.code): \(text)")
            }
            return Self.troubles.contains(result.code) ? .unknown : .refused
        }
    }

    /// noSuchObject, invalidDNSyntax and invalidCredentials (RFC 4511, appendix A): the client is wrong.
    private static let plainRefusals: Set<Int32> = [32, 34, 49]
    /// operationsError, busy, unavailable and other: it is the server that can't.
    private static let troubles: Set<Int32> = [1, 51, 52, 80]

    // MARK: - Reading

    /// Reads `<scheme> <base64 of name:password>`. Neither of the two may be empty; the name goes up to the last colon
    /// with which that is so, as in Kong.
    private func read(_ header: [UInt8]) -> Attempt? {
        let value = header.drop(while: Ascii.isBlank)
        guard value.count > scheme.count, value.prefix(scheme.count).map(Ascii.lowercased) == scheme else { return nil }
        let rest = value.dropFirst(scheme.count)
        let encoded = rest.drop(while: Ascii.isBlank)
        guard encoded.startIndex > rest.startIndex, let decoded = Base64.decode(encoded),
            let colon = decoded.dropLast().lastIndex(of: Ascii.colon), colon > 0
        else { return nil }
        return Attempt(name: Array(decoded[..<colon]), password: Array(decoded[(colon + 1)...]))
    }
}
