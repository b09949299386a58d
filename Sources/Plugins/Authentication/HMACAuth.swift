// hmac-auth: a client signs headers of its request with a secret that the gateway knows as well, after the drafts of
// "Signing HTTP Messages" (draft-cavage-http-signatures).

import NIOCore
import PluginKit
import Schema
import Wire

/// The username and secret of a consumer.
package struct HMACAuthCredential: Entity {
    package static let name = "hmacauth_credentials"
    package static let endpointKey: String? = "username"
    package static let cacheKey = ["username"]

    package var id = ""
    package var createdAt: Int?
    package var consumer: Reference?
    package var username = ""
    package var secret: String?

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field(
            "consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "The consumer whose it is."),
        Field("username", \.username, .required, .unique, doc: "The name the client shows."),
        Field("secret", \.secret, .auto(.token), doc: "What the client signs with; made up when none is given."),
    ]
}

/// Lets requests pass that a consumer has signed.
package struct HMACAuth: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "hmac-auth", version: "1.0.0", priority: 1000, config: Config.schema,
        entities: [HMACAuthCredential.entitySchema], scopes: [.route, .service])

    package enum Algorithm: String, Choice {
        case sha1 = "hmac-sha1"
        case sha256 = "hmac-sha256"
        case sha384 = "hmac-sha384"
        case sha512 = "hmac-sha512"
    }

    package struct Config: Declared {
        package var hideCredentials = false
        package var clockSkew = 300.0
        package var anonymous: String?
        package var validateRequestBody = false
        package var enforceHeaders: [String] = []
        package var algorithms = Algorithm.allCases

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("hide_credentials", \.hideCredentials, doc: "Whether the credential is kept from the upstream."),
            Field("clock_skew", \.clockSkew, .greaterThan(0), doc: "Seconds that the client's Date may differ."),
            Field(
                "anonymous", \.anonymous, .uuid, .legacy, doc: "The id of the consumer that refused requests pass as."),
            Field("validate_request_body", \.validateRequestBody, doc: "Whether the Digest of the body is checked."),
            Field("enforce_headers", \.enforceHeaders, doc: "Headers that must be signed."),
            Field("algorithms", \.algorithms, doc: "The algorithms that are accepted."),
        ]
    }

    private static let unauthorized = Response.message(401, "Unauthorized")
    private static let noDate = Response.message(
        401,
        "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication")
    private static let unverifiable = Response.message(401, "HMAC signature cannot be verified")
    private static let mismatch = Response.message(401, "HMAC signature does not match")
    private static let xDate: HeaderName = "X-Date"
    private static let date: HeaderName = "Date"
    private static let digest: HeaderName = "Digest"

    package let readsBody: Bool
    private let hides: Bool
    private let skewMilliseconds: Double
    private let enforced: [[UInt8]]
    private let algorithms: [Algorithm]
    private let authentication: Authentication
    private let users: CredentialKind?

    package init(_ config: Config, _ setup: Setup) {
        readsBody = config.validateRequestBody
        hides = config.hideCredentials
        skewMilliseconds = config.clockSkew * 1000
        enforced = config.enforceHeaders.map { $0.utf8.map(Ascii.lowercased) }
        algorithms = config.algorithms
        authentication = Authentication(anonymous: config.anonymous)
        users = setup.credentials(HMACAuthCredential.name)
    }

    package func access(_ x: Exchange) -> Verdict {
        if authentication.isSettled(x) { return .next }
        let headers = [HeaderName.proxyAuthorization, .authorization]
        let values = headers.map { x.request.header($0) }
        guard values.contains(where: { $0 != nil }) else { return authentication.refuse(x, Self.unauthorized) }
        guard isFresh(x, Self.xDate) || isFresh(x, Self.date) else { return authentication.refuse(x, Self.noDate) }
        for (header, value) in zip(headers, values) {
            let signature = value.flatMap(HMACSignature.init)
            // The last one is hidden whatever it holds.
            if hides, signature != nil || header == headers.last { x.request.clear(header) }
            if let signature { return judge(signature, x) }
        }
        return authentication.refuse(x, Self.unverifiable)
    }

    private func judge(_ signature: HMACSignature, _ x: Exchange) -> Verdict {
        guard let algorithm = Algorithm(rawValue: signature.algorithm), algorithms.contains(algorithm),
            enforced.allSatisfy({ name in signature.headers.contains { $0.map(Ascii.lowercased) == name } }),
            let users, let credential = x.credential(users, signature.username.span)
        else { return authentication.refuse(x, Self.unverifiable) }
        let secret = Array((credential.row["secret"]?.string ?? "").utf8)
        guard isSigned(signature, algorithm, secret, x), !readsBody || isBodyIntact(x) else {
            return authentication.refuse(x, Self.mismatch)
        }
        return authentication.accept(x, credential)
    }

    /// Whether the signature fits the request, or the request without its query, as older clients sign it.
    private func isSigned(_ signature: HMACSignature, _ algorithm: Algorithm, _ secret: [UInt8], _ x: Exchange) -> Bool
    {
        guard let given = Base64.decode(signature.value) else { return false }
        return [HMACSignature.RequestLine.whole, .pathOnly].contains { line in
            let text = signature.text(x.request, line)
            return Digest.isEqual(algorithm.digest.sign(text, with: secret), given)
        }
    }

    private func isFresh(_ x: Exchange, _ header: HeaderName) -> Bool {
        guard let value = x.request.header(header), let time = HTTPDate.seconds(value) else { return false }
        return Double(abs(x.nowMilliseconds / 1000 - time)) * 1000 <= skewMilliseconds
    }

    /// Without a Digest header only an empty body passes; so does none that plugins can't see.
    private func isBodyIntact(_ x: Exchange) -> Bool {
        let body: [UInt8]
        switch x.request.body {
        case .notRead: body = []
        case .whole(let buffer): body = Array(buffer.readableBytesView)
        case .tooLarge: return false
        }
        guard let given = x.request.header(Self.digest) else { return body.isEmpty }
        return given == Array("SHA-256=".utf8) + Base64.encode(Digest.sha256(body))
    }
}

extension HMACAuth.Algorithm {
    fileprivate var digest: KeyedDigest {
        switch self {
        case .sha1: .sha1
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        }
    }
}
