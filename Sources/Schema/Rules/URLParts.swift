// URLs as Kong's settings give them: a service's `url`, a log plugin's endpoint. The split is the lenient one of
// RFC 2396: whatever is left over is the path.

/// The parts of a URL; an absent part is nil, and a text without "//" has no host.
package struct URLParts: Sendable, Hashable {
    package var scheme: String?
    /// "user:password" before the host.
    package var userInfo: String?
    /// IPv6 addresses are without brackets.
    package var host: String?
    package var port: Int?
    /// Without parameters (after ";"), query and fragment.
    package var path: String?
    package var query: String?
    package var fragment: String?

    /// Nil only for the empty text.
    package init?(_ url: String) {
        guard !url.isEmpty else { return nil }
        var rest = url[...]
        fragment = Self.cut(&rest, at: "#")
        if let colon = rest.firstIndex(of: ":"), Self.isScheme(rest[..<colon]) {
            scheme = String(rest[..<colon])
            rest = rest[rest.index(after: colon)...]
        }
        var authority: Substring?
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = rest[..<end]
            rest = rest[end...]
        }
        if authority?.contains("?") == true, let whole = authority {
            // A query directly after the host: "http://a.test?x=1".
            let end = whole.firstIndex(of: "?") ?? whole.endIndex
            authority = whole[..<end]
            rest = url[end..<rest.endIndex]
        }
        query = Self.cut(&rest, at: "?")
        _ = Self.cut(&rest, at: ";")
        path = rest.isEmpty ? nil : String(rest)
        if let authority { split(authority: authority) }
    }

    private mutating func split(authority: Substring) {
        var rest = authority
        if let at = rest.firstIndex(of: "@") {
            userInfo = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            port = Int(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        if rest.hasPrefix("["), rest.hasSuffix("]") { rest = rest.dropFirst().dropLast() }
        host = rest.isEmpty ? nil : String(rest)
    }

    private static func cut(_ rest: inout Substring, at separator: Character) -> String? {
        guard let place = rest.firstIndex(of: separator) else { return nil }
        let part = String(rest[rest.index(after: place)...])
        rest = rest[..<place]
        return part
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first.isAlphanumeric else { return false }
        return text.utf8.allSatisfy { $0.isAlphanumeric || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E }
    }
}
