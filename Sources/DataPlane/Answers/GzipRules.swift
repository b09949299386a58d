// What nginx' gzip directives say about the answers of one server, and what can be decided by single headers. nginx'
// defaults are the defaults here.

import Wire

package struct GzipRules: Sendable {
    /// Which answers to requests that came through another proxy are compressed (gzip_proxied).
    package struct Proxied: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        static let off = Proxied(rawValue: 1)
        static let expired = Proxied(rawValue: 2)
        static let noCache = Proxied(rawValue: 4)
        static let noStore = Proxied(rawValue: 8)
        static let isPrivate = Proxied(rawValue: 16)
        static let noLastModified = Proxied(rawValue: 32)
        static let noETag = Proxied(rawValue: 64)
        static let auth = Proxied(rawValue: 128)
        static let any = Proxied(rawValue: 256)

        private static let names: [String: Proxied] = [
            "off": .off, "expired": .expired, "no-cache": .noCache, "no-store": .noStore, "private": .isPrivate,
            "no_last_modified": .noLastModified, "no_etag": .noETag, "auth": .auth, "any": .any,
        ]

        /// Nil for a word that nginx doesn't know.
        package init?(word: String) {
            guard let known = Self.names[word] else { return nil }
            self = known
        }
    }

    package var isOn = false
    /// Types in small letters; nil for every answer (`*`).
    package var types: [[UInt8]]? = [Array("text/html".utf8)]
    /// In bytes; answers of unknown length are long enough.
    package var minimumLength = 20
    /// 1 (fast) to 9 (small).
    package var level = 1
    /// Whether `Vary: Accept-Encoding` tells caches of it.
    package var addsVary = false
    package var proxied = Proxied.off
    /// Of HTTP/1 clients: 0 or 1.
    package var minimumMinorVersion = 1
    /// Clients by their User-Agent that get no gzip.
    package var excluded: [SearchPattern] = []
    /// Whether Internet Explorer up to 6 gets none (`msie6`).
    package var excludesOldExplorers = false

    package init() {}

    /// Whether answers like that are compressed for clients that take it.
    ///
    /// - Parameters:
    ///   - length: of the body in bytes; nil when it is not known.
    ///   - type: Content-Type without its parameters.
    package func concerns(status: Int, length: Int?, type: borrowing Span<UInt8>) -> Bool {
        guard isOn, status == 200 || status == 403 || status == 404, length ?? .max >= minimumLength else {
            return false
        }
        guard let types else { return true }
        for known in types where type.equalsIgnoringCase(known.span) { return true }
        return false
    }

    /// Whether a client of that name gets none.
    package func excludes(userAgent: borrowing Span<UInt8>) -> Bool {
        for pattern in excluded where pattern.matches(userAgent) { return true }
        return excludesOldExplorers && OldExplorer.isOne(userAgent)
    }
}

/// How much of a Content-Type is the type.
package enum MediaType {
    /// nginx takes the charset off what an upstream says, and nothing else.
    package static func count(ofUpstreams value: borrowing Span<UInt8>) -> Int {
        for place in value.indices where value[place] == Ascii.semicolon {
            var next = place + 1
            while next < value.count, value[next] == Ascii.space { next += 1 }
            guard next + 8 <= value.count else { continue }
            if value.extracting(next..<next + 8).equalsIgnoringCase("charset=") { return place }
        }
        return value.count
    }

    /// OpenResty takes every parameter off what Kong says.
    package static func count(ofKongs value: borrowing Span<UInt8>) -> Int {
        for place in value.indices where value[place] == Ascii.semicolon { return place }
        return value.count
    }
}
