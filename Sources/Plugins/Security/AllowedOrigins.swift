// Which origins (RFC 6454) the cors plugin lets read: all, one, or those of a list of origins and patterns.

import PluginKit
import Schema
import Wire

/// The origins of a configuration.
struct AllowedOrigins: Sendable {
    /// What the answer says of the origin.
    struct Answer {
        /// Access-Control-Allow-Origin; nil for none.
        var origin: [UInt8]?
        /// Whether other origins get other answers, which caches must know.
        var varies: Bool

        var isForAll: Bool { origin == AllowedOrigins.star }
    }

    private enum Entry: Sendable {
        case plain(Origin)
        /// A pattern without a colon only looks at the host.
        case pattern(any TextPattern, isForHost: Bool)

        func matches(_ origin: Origin) -> Bool {
            switch self {
            case .plain(let own): own == origin
            case .pattern(let pattern, let isForHost):
                isForHost ? pattern.matches(origin.host.span) : pattern.matches(origin.text.span)
            }
        }
    }

    private static let star = Array("*".utf8)

    /// The one origin that is always announced; `*` for all.
    private let fixed: [UInt8]?
    private let entries: [Entry]
    private let hasOneEntry: Bool

    init(_ origins: [String], _ setup: Setup) {
        hasOneEntry = origins.count == 1
        if origins.isEmpty || origins == ["*"] {
            fixed = Self.star
        } else if let only = origins.first, hasOneEntry, Self.isPlain(only) {
            fixed = Array(only.utf8)
        } else {
            fixed = nil
        }
        entries = fixed != nil ? [] : origins.compactMap { Self.entry($0, setup) }
    }

    func answer(to asking: [UInt8]?) -> Answer {
        if let fixed { return Answer(origin: fixed, varies: fixed != Self.star) }
        guard let asking, let origin = Origin(asking), entries.contains(where: { $0.matches(origin) }) else {
            // Kong says nothing of Vary when none of several origins matches.
            return Answer(origin: nil, varies: hasOneEntry)
        }
        return Answer(origin: origin.text, varies: true)
    }

    private static func entry(_ text: String, _ setup: Setup) -> Entry? {
        guard isPlain(text) else {
            let isForHost = !text.utf8.contains(Ascii.colon)
            return setup.pattern("^(?:\(text))$").map { .pattern($0, isForHost: isForHost) }
        }
        return Origin(Array(text.utf8)).map { .plain($0) }
    }

    /// Whether a text is an origin and no pattern.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0.isAlphanumeric || ".:/-".utf8.contains($0) }
    }
}

/// An origin without the port that its scheme has anyway.
private struct Origin: Equatable {
    let text: [UInt8]
    let host: [UInt8]

    /// nil for a text without a scheme or host, such as `null`.
    init?(_ origin: [UInt8]) {
        guard let url = URLParts(String(decoding: origin, as: UTF8.self)), let scheme = url.scheme, let host = url.host
        else { return nil }
        let usual = scheme == "https" ? 443 : scheme == "http" ? 80 : nil
        let port = url.port.flatMap { $0 == usual ? nil : ":\($0)" } ?? ""
        let name = host.contains(":") ? "[\(host)]" : host
        text = Array("\(scheme)://\(name)\(port)".utf8)
        self.host = Array(host.utf8)
    }
}
