// key-auth: a client shows a key in a header, in the query or in the body, and is the consumer whose key it is.

import NIOCore
import PluginKit
import Schema
import Wire

/// A key of a consumer.
package struct KeyAuthCredential: Entity {
    package static let name = "keyauth_credentials"
    package static let endpointKey: String? = "key"
    package static let cacheKey = ["key"]

    package var id = ""
    package var createdAt: Int?
    package var consumer: Reference?
    package var key: String?

    package init() {}

    package static let fields: [Field<Self>] = [
        .id(\.id),
        .createdAt(\.createdAt),
        Field(
            "consumer", \.consumer, .references("consumers", onDelete: .cascade), doc: "The consumer whose key it is."),
        Field("key", \.key, .unique, .auto(.token), doc: "The key; a random one is made up when none is given."),
    ]
}

/// Lets requests pass that show the key of a consumer.
package struct KeyAuth: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "key-auth", version: "1.0.0", priority: 1003, config: Config.schema,
        entities: [KeyAuthCredential.entitySchema], scopes: [.route, .service])

    package struct Config: Declared {
        package var keyNames = ["apikey"]
        package var hideCredentials = false
        package var anonymous: String?
        package var keyInBody = false
        package var runOnPreflight = true

        package init() {}

        package static let fields: [Field<Self>] = [
            Field(
                "key_names", \.keyNames, .defaulted, .each(.headerName),
                doc: "Headers and arguments that may carry the key, in the order they are looked at."),
            Field("hide_credentials", \.hideCredentials, doc: "Whether the key is kept from the upstream."),
            Field(
                "anonymous", \.anonymous, .uuid, .legacy,
                doc: "The id of the consumer that requests without a valid key pass as; without it they are refused."),
            Field("key_in_body", \.keyInBody, doc: "Whether the key may be in a form, a multipart form or JSON."),
            Field("run_on_preflight", \.runOnPreflight, doc: "Whether OPTIONS requests need a key, too."),
        ]
    }

    /// A configured name in the forms it is looked for.
    private struct KeyName: Sendable {
        let text: String
        let bytes: [UInt8]
        let header: HeaderName
        /// OpenResty looks a header with `_` in its name up with `-` as well.
        let dashedHeader: HeaderName?

        init(_ name: String) {
            text = name
            bytes = Array(name.utf8)
            header = HeaderName(name)
            dashedHeader = header.dashed
        }
    }

    /// What the search for a key came to.
    private enum Finding {
        case noKey
        case duplicate
        /// A key that is nobody's.
        case unknown
        case credential(CredentialInfo)
    }

    private static let challenge = Array("Key realm=\"kong\"".utf8)
    private static let noKey = Response.message(401, "No API key found in request")
    private static let duplicateKey = Response.message(401, "Duplicate API key found")
    private static let unknownKey = Response.message(401, "Invalid authentication credentials")
    private static let unreadableBody = Response.message(400, "Cannot process request body")

    package let readsBody: Bool
    private let names: [KeyName]
    private let hidesKey: Bool
    private let runsOnPreflight: Bool
    private let authentication: Authentication
    private let keys: CredentialKind?

    package init(_ config: Config, _ setup: Setup) {
        names = config.keyNames.map(KeyName.init)
        hidesKey = config.hideCredentials
        readsBody = config.keyInBody
        runsOnPreflight = config.runOnPreflight
        authentication = Authentication(anonymous: config.anonymous)
        keys = setup.credentials(KeyAuthCredential.name)
    }

    package func access(_ x: Exchange) -> Verdict {
        if !runsOnPreflight, x.request.method == .options { return .next }
        if authentication.isSettled(x) { return .next }
        var body: BodyArguments?
        if readsBody {
            // Kong reads the body before it looks anywhere else, so a request without one it can read is refused
            // even with its key in a header.
            body = BodyArguments(x.request)
            guard body != nil else { return authentication.refuse(x, Self.unreadableBody) }
        }
        switch find(x, body) {
        case .credential(let credential): return authentication.accept(x, credential)
        case .unknown: return authentication.refuse(x, Self.unknownKey)
        case .duplicate: return authentication.refuse(x, Self.duplicateKey)
        case .noKey:
            // The challenge stays on the answer even when the anonymous consumer then lets the request pass.
            x.response.edits.replaceAdded(.wwwAuthenticate, Self.challenge)
            return authentication.refuse(x, Self.noKey)
        }
    }

    /// The first name that has a text, be it empty, or several values decides; flags and numbers are passed over.
    private func find(_ x: Exchange, _ body: BodyArguments?) -> Finding {
        for index in names.indices {
            if let finding = findUntouchedHeader(x, names[index]) { return finding }
            switch value(x, body, names[index]) {
            case .missing, .other: continue
            case .several: return .duplicate
            case .text(let key):
                if hidesKey { hide(names[index], x, body) }
                return finding(x, key.span)
            }
        }
        return .noKey
    }

    /// The usual case, a header that no plugin has changed, without a copy of the key.
    private func findUntouchedHeader(_ x: Exchange, _ name: borrowing KeyName) -> Finding? {
        guard !hidesKey, !x.request.edits.concerns(name.header) else { return nil }
        switch x.request.receivedField(name.header) {
        case .missing: return nil
        case .several: return .duplicate
        case .one(let slice):
            let bytes = x.request.bytes
            return finding(x, bytes.readableBytesUInt8Span.extracting(slice.range))
        }
    }

    private func finding(_ x: Exchange, _ key: Span<UInt8>) -> Finding {
        guard !key.isEmpty else { return .noKey }
        guard let keys, let credential = x.credential(keys, key) else { return .unknown }
        return .credential(credential)
    }

    private func value(_ x: Exchange, _ body: BodyArguments?, _ name: KeyName) -> NamedValue {
        let headers = x.request.headerValues(name.header)
        if let first = headers.first { return headers.count > 1 ? .several : .text(first) }
        if let query = x.request.query {
            let value = QueryArguments.value(of: name.bytes, in: query.span)
            guard value == .missing else { return value }
        }
        return body?.value(of: name.text) ?? .missing
    }

    /// Removes the key from every place it may be in, whichever it was taken from.
    private func hide(_ name: KeyName, _ x: Exchange, _ body: BodyArguments?) {
        x.request.clear(name.header)
        if let dashed = name.dashedHeader { x.request.clear(dashed) }
        if let query = x.request.query, let rest = QueryArguments.removing(name.bytes, from: query.span) {
            x.request.replacedQuery = rest
        }
        if let rest = body?.removing(name.text) { x.request.replacedBody = rest }
    }
}
