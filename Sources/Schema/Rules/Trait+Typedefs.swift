// The named kinds of texts and numbers that entities and plugins share, with Kong's exact error texts.

extension Trait {
    package static let port = between(0, 65535)

    /// Milliseconds.
    package static let timeout = between(0, 2_147_483_646)

    package static let host = text { text in
        guard let address = HostAddress(text) else { return "invalid value: \(text)" }
        return address.port == nil ? nil : "must not have a port"
    }

    package static let sni = text { text in
        guard let address = HostAddress(text) else { return "invalid value: \(text)" }
        if address.form != .name { return "must not be an IP" }
        return address.port == nil ? nil : "must not have a port"
    }

    package static let ip = text { text in
        guard let address = HostAddress(text) else {
            if text.contains(":") { return "invalid ipv6 address: \(text)" }
            let isNumeric = text.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
            return isNumeric ? "invalid ipv4 address: \(text)" : "not an ip address: \(text)"
        }
        return address.form == .name ? "not an ip address: \(text)" : nil
    }

    /// An IPv4 address or network; a bare address is a /32.
    package static let cidr = text { text in
        cidrError(text).map { "invalid cidr range: \($0)" }
    }

    package static let protocolName = oneOf(["http", "https", "tcp", "tls"])

    package static let httpMethod = matches("^%u+$") { text in
        text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    package static let headerName = token("header")

    package static let cookieName = token("cookie")

    /// The name of a service or route; it is unique.
    package static let name = all([
        .unique,
        .text { text in
            text.utf8.allSatisfy(\.isUnreserved)
                ? nil : "invalid value '\(text)': it must only contain alphanumeric and '., -, _, ~' characters"
        },
    ])

    package static let tag = text { text in
        text.utf8.allSatisfy(\.isUnreserved) ? nil : "invalid value: \(text)"
    }

    /// A literal path.
    package static let path = all([
        .startsWith("/"),
        .text { text in
            if text.contains("//") { return "must not have empty segments" }
            guard text.utf8.allSatisfy(\.isPlainPath) else {
                return "invalid path: '\(text)' (characters outside of the reserved list of RFC 3986 found)"
            }
            return badEscape(in: text).map { "invalid url-encoded value: '\($0)'" }
        },
    ])

    /// A path that is a PCRE pattern when it has characters that no literal path has: those of routes.
    package static let pathOrPattern = all([
        .startsWith("/"),
        .custom { value, context in
            let text = value.string ?? ""
            if text.contains("//") { return "must not have empty segments" }
            guard text.utf8.allSatisfy(\.isPlainPath) else {
                return context.syntax.regexError(text).map { "invalid regex: '\(text)' (PCRE returned: \($0))" }
            }
            return badEscape(in: text).map { "invalid url-encoded value: '\($0)'" }
        },
    ])

    /// A URL with a host and a scheme.
    package static let url = text { text in
        guard let url = URLParts(text) else { return "could not parse url. invalid url" }
        if url.host == nil { return "missing host in url" }
        return url.scheme == nil ? "missing scheme in url" : nil
    }

    package static let certificate = custom { value, context in
        context.syntax.certificateError(value.string ?? "").map { "invalid certificate: \($0)" }
    }

    package static let privateKey = custom { value, context in
        context.syntax.privateKeyError(value.string ?? "").map { "invalid key: \($0)" }
    }

    private static func token(_ what: String) -> Trait {
        text { text in
            if text.isEmpty { return "no \(what) name provided" }
            let isToken = text.utf8.allSatisfy { byte in
                byte.isAlphanumeric || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
            return isToken
                ? nil : "bad \(what) name '\(text)', allowed characters are A-Z, a-z, 0-9, '_', and '-'"
        }
    }

    private static func cidrError(_ text: String) -> String? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count > 1, decimal(parts[1], atMost: 32) == nil { return "Invalid prefix: /\(parts[1])" }
        let octets = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == 4 else { return "Invalid IP" }
        for octet in octets where decimal(octet, atMost: 255) == nil { return "Invalid octet: \(octet)" }
        return nil
    }

    /// A number of nothing but digits.
    private static func decimal(_ text: Substring, atMost limit: Int) -> Int? {
        guard text.utf8.allSatisfy(\.isDigit), let number = Int(text), number <= limit else { return nil }
        return number
    }

    /// The first '%' that is not followed by two hexadecimal digits, with what follows it.
    private static func badEscape(in text: String) -> String? {
        let bytes = Array(text.utf8)
        for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "%") {
            let escape = bytes[place..<min(place + 3, bytes.count)]
            if escape.count < 3 || !escape.dropFirst().allSatisfy(\.isHexDigit) {
                return String(decoding: escape, as: UTF8.self)
            }
        }
        return nil
    }
}

extension UInt8 {
    /// RFC 3986 section 2.3.
    package var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: isAlphanumeric
        }
    }

    /// What a literal path consists of; other characters make a route's path a pattern.
    package var isPlainPath: Bool {
        isUnreserved || self == UInt8(ascii: "/") || self == UInt8(ascii: "%")
    }
}
