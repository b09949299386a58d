// Reads resolv.conf(5), with the two environment variables that override it.

/// What resolv.conf says, within the limits of the system's own resolver.
package struct ResolvConf: Sendable, Equatable {
    package static let maximumServers = 3
    package static let maximumSearchDomains = 6

    package var servers: [DNSServer] = []
    package var search: [String] = []
    /// `options ndots`: a name with at least so many dots is tried as it is first.
    package var dotsForAbsolute = 1
    /// `options timeout` in milliseconds, for one question to one server.
    package var timeoutMilliseconds = 2000
    /// `options attempts`.
    package var attempts = 5

    /// - Parameters:
    ///   - text: the file's content.
    ///   - localDomain: the variable LOCALDOMAIN, which replaces the search list.
    ///   - options: the variable RES_OPTIONS, which is read after the file's options.
    package init(_ text: String, localDomain: String? = nil, options: String? = nil) {
        for line in text.split(whereSeparator: \.isNewline) {
            read(line.prefix { $0 != "#" && $0 != ";" }.split(whereSeparator: \.isWhitespace))
        }
        if let localDomain { setSearch(localDomain.split(whereSeparator: \.isWhitespace)) }
        if let options { setOptions(options.split(whereSeparator: \.isWhitespace)) }
    }

    private mutating func read(_ words: [Substring]) {
        switch words.first {
        case "nameserver":
            if servers.count < ResolvConf.maximumServers, words.count > 1, let server = DNSServer(String(words[1])) {
                servers.append(server)
            }
        case "domain": setSearch(words.dropFirst().prefix(1))
        case "search": setSearch(words.dropFirst())
        case "options": setOptions(words.dropFirst())
        default: break
        }
    }

    /// The last of several `domain` and `search` lines counts.
    private mutating func setSearch(_ domains: some Sequence<Substring>) {
        search = domains.prefix(ResolvConf.maximumSearchDomains).map { domain in
            let bare = domain.hasSuffix(".") ? domain.dropLast() : domain
            return bare.lowercased()
        }
        search.removeAll(where: \.isEmpty)
    }

    private mutating func setOptions(_ options: some Sequence<Substring>) {
        for option in options {
            let parts = option.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let value = Int(parts[1]), value >= 0 else { continue }
            // The upper limits are those of resolv.conf(5), except that Kong's 5 attempts are the default here.
            switch parts[0] {
            case "ndots": dotsForAbsolute = min(value, 15)
            case "timeout": timeoutMilliseconds = min(max(value, 1), 30) * 1000
            case "attempts": attempts = min(max(value, 1), 10)
            default: break
            }
        }
    }
}
