// jwt: a client shows a signed token (RFC 7519) and is the consumer whose secret or key it was signed with.

import PluginKit
import Schema
import Wire

/// What the tokens of a consumer are signed with.
package struct JWTSecret: Entity {
    package static let name = "jwt_secrets"
    package static let endpointKey: String? = "key"
    package static let cacheKey = ["key"]

    package enum Algorithm: String, Choice {
        case hs256 = "HS256"
        case hs384 = "HS384"
        case hs512 = "HS512"
        case rs256 = "RS256"
        case rs512 = "RS512"
        case es256 = "ES256"
    }

    package var id = ""
    package var createdAt: Int?
    package var consumer: Reference?
    package var key: String?
    package var secret: String?
    package var rsaPublicKey: String?
    package var algorithm: Algorithm? = .hs256

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field(
            "consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "The consumer whose it is."),
        Field("key", \.key, .unique, .auto(.token), doc: "What tokens say in the key claim."),
        Field("secret", \.secret, .auto(.token), doc: "The secret of HS256, HS384 and HS512."),
        Field("rsa_public_key", \.rsaPublicKey, doc: "The public key of RS256, RS512 and ES256, as PEM."),
        Field("algorithm", \.algorithm, doc: "How the tokens are signed."),
    ]

    package static let checks: [EntityCheck] = [
        .conditional(if: "algorithm", .oneOf(["RS256", "RS512"]), then: "rsa_public_key", .required, publicKey)
    ]

    private static let publicKey = Trait.custom { value, context in
        context.syntax.publicKeyError(value.string ?? "") == nil ? nil : "invalid key"
    }
}

/// Lets requests pass that show a token of a consumer.
package struct JWT: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "jwt", version: "1.0.0", priority: 1005, config: Config.schema, entities: [JWTSecret.entitySchema],
        checks: [
            .conditional(
                if: "config.maximum_expiration", .greaterThan(0), then: "config.claims_to_verify", .contains("exp"))
        ])

    package enum Claim: String, Choice {
        case exp, nbf
    }

    package struct Config: Declared {
        package var uriParamNames: DistinctList<String> = ["jwt"]
        package var cookieNames: DistinctList<String> = []
        package var keyClaimName = "iss"
        package var secretIsBase64 = false
        package var claimsToVerify: DistinctList<Claim>?
        package var anonymous: String?
        package var runOnPreflight = true
        package var maximumExpiration = 0.0

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("uri_param_names", \.uriParamNames, doc: "Query arguments that may carry the token."),
            Field("cookie_names", \.cookieNames, doc: "Cookies that may carry the token."),
            Field("key_claim_name", \.keyClaimName, doc: "The claim that holds the credential's key."),
            Field("secret_is_base64", \.secretIsBase64, doc: "Whether the secrets are stored in base64."),
            Field("claims_to_verify", \.claimsToVerify, doc: "Registered claims that are checked."),
            Field(
                "anonymous", \.anonymous, .uuid, .legacy, doc: "The id of the consumer that refused requests pass as."),
            Field("run_on_preflight", \.runOnPreflight, doc: "Whether OPTIONS requests need a token, too."),
            Field(
                "maximum_expiration", \.maximumExpiration, .between(0, 31_536_000),
                doc: "Seconds a token may be valid for at most; 0 for any time."),
        ]
    }

    /// What the search for a token came to.
    private enum Finding {
        case none
        case several
        /// Something that is no text.
        case unreadable
        case token([UInt8])
    }

    private static let unauthorized = Response.message(401, "Unauthorized")
    private static let several = Response.message(401, "Multiple tokens provided")
    private static let unreadable = Response.message(401, "Unrecognizable token")
    private static let otherAlgorithm = Response.message(401, "Invalid algorithm")
    private static let noSecret = Response.message(401, "Invalid key/secret")
    private static let wrongSignature = Response.message(401, "Invalid signature")

    private let arguments: [[UInt8]]
    private let cookies: [[UInt8]]
    private let keyClaim: String
    private let hasEncodedSecrets: Bool
    private let times: JWTTimes
    private let runsOnPreflight: Bool
    private let authentication: Authentication
    private let secrets: CredentialKind?

    package init(_ config: Config, _ setup: Setup) {
        arguments = config.uriParamNames.map { Array($0.utf8) }
        cookies = config.cookieNames.map { $0.utf8.map(Ascii.lowercased) }
        keyClaim = config.keyClaimName
        hasEncodedSecrets = config.secretIsBase64
        times = JWTTimes(
            checksExpiry: config.claimsToVerify?.contains(.exp) ?? false,
            checksBeginning: config.claimsToVerify?.contains(.nbf) ?? false, maximumExpiry: config.maximumExpiration)
        runsOnPreflight = config.runOnPreflight
        authentication = Authentication(anonymous: config.anonymous)
        secrets = setup.credentials(JWTSecret.name)
    }

    package func access(_ x: Exchange) -> Verdict {
        if !runsOnPreflight, x.request.method == .options { return .next }
        if authentication.isSettled(x) { return .next }
        switch find(x) {
        case .none: return authentication.refuse(x, Self.unauthorized)
        case .several: return authentication.refuse(x, Self.several)
        case .unreadable: return authentication.refuse(x, Self.unreadable)
        case .token(let text): return judge(text, x)
        }
    }

    private func judge(_ text: [UInt8], _ x: Exchange) -> Verdict {
        let token: JSONWebToken
        do throws(JSONWebToken.Fault) {
            token = try JSONWebToken(text)
        } catch {
            return authentication.refuse(x, .message(401, "Bad token; \(error.rawValue)"))
        }
        guard let key = token.claims[keyClaim] ?? token.header[keyClaim], key != .bool(false), !key.isNull else {
            return authentication.refuse(x, .message(401, "No mandatory '\(keyClaim)' in claims"))
        }
        guard let secrets, let credential = x.credential(secrets, Array((key.string ?? "").utf8).span) else {
            return authentication.refuse(x, .message(401, "No credentials found for given '\(keyClaim)'"))
        }
        if let fault = signatureFault(token, JWTSecret(row: credential.row)) { return authentication.refuse(x, fault) }
        if let fault = times.fault(token.claims, now: Double(x.nowMilliseconds / 1000)) {
            return authentication.refuse(x, .json(401, JSON.object(fault).bytes))
        }
        return authentication.accept(x, credential)
    }

    private func signatureFault(_ token: JSONWebToken, _ secret: JWTSecret) -> Response? {
        guard token.algorithm == secret.algorithm ?? .hs256 else { return Self.otherAlgorithm }
        let isRight: Bool
        if token.algorithm.isSymmetric {
            let text = Array((secret.secret ?? "").utf8)
            guard let key = hasEncodedSecrets ? Base64.decode(text, isURL: true) : text else { return Self.noSecret }
            isRight = token.isSigned(with: key)
        } else {
            guard let key = secret.rsaPublicKey else { return Self.noSecret }
            isRight = token.isSigned(byOwnerOf: key)
        }
        return isRight ? nil : Self.wrongSignature
    }

    /// The first place that has something decides: arguments, cookies, the Authorization header.
    private func find(_ x: Exchange) -> Finding {
        if !arguments.isEmpty, let query = x.request.query {
            for name in arguments {
                switch QueryArguments.value(of: name, in: query.span) {
                case .missing: continue
                case .text(let token): return .token(token)
                case .several: return .several
                case .other: return .unreadable
                }
            }
        }
        for name in cookies {
            if let token = Cookies.value(of: name, in: x.request.headerValues(.cookie)), !token.isEmpty {
                return .token(token)
            }
        }
        guard let header = x.request.header(.authorization),
            let token = HeaderScheme.value(header, after: Array("bearer".utf8), needsBlank: true)
        else { return .none }
        return .token(Array(token))
    }
}
