// Host names and addresses as Kong reads them in services, routes, upstreams, targets and plugin settings.

/// A host with an optional port, taken apart.
package struct HostAddress: Sendable, Hashable {
    package enum Form: Sendable {
        case name, ipv4, ipv6
    }

    package let form: Form
    /// A name as given, an IPv4 address without leading zeros, or an IPv6 address with all its digits in brackets.
    package let host: String
    package let port: Int?

    /// Reads "name", "1.2.3.4", "::1" or "[::1]", each but the bare IPv6 form with an optional ":port".
    package init?(_ text: String) {
        if text.hasPrefix("[") || text.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1 {
            guard let (host, port) = Self.ipv6(text) else { return nil }
            (form, self.host, self.port) = (.ipv6, host, port)
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let port = parts.count > 1 ? Self.port(parts[1]) : nil
        guard let name = parts.first, parts.count == 1 || port != nil else { return nil }
        if name.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || Self.isDigit($0) }) {
            guard let address = Self.ipv4(name) else { return nil }
            (form, host, self.port) = (.ipv4, address, port)
        } else {
            guard Self.isName(name) else { return nil }
            (form, host, self.port) = (.name, String(name), port)
        }
    }

    private static func port(_ text: Substring) -> Int? {
        guard text.utf8.count <= 5, text.utf8.allSatisfy(isDigit), let port = Int(text) else { return nil }
        return port <= 65535 ? port : nil
    }

    private static func ipv4(_ text: Substring) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { $0.utf8.count <= 3 ? UInt8($0) : nil }
        guard parts.count == 4, octets.count == 4 else { return nil }
        return octets.map { String($0) }.joined(separator: ".")
    }

    private static func ipv6(_ text: String) -> (String, Int?)? {
        guard text.hasPrefix("[") else { return expanded(text[...]).map { ($0, nil) } }
        guard let end = text.firstIndex(of: "]") else { return nil }
        let rest = text[text.index(after: end)...]
        guard let host = expanded(text[text.index(after: text.startIndex)..<end]) else { return nil }
        if rest.isEmpty { return (host, nil) }
        guard rest.hasPrefix(":"), let port = port(rest.dropFirst()) else { return nil }
        return (host, port)
    }

    /// Eight groups of four lower-case digits in brackets; "::" stands for one or more groups of zeros.
    private static func expanded(_ text: Substring) -> String? {
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2 else { return nil }
        var groups: [[String]] = []
        for half in halves {
            let parts = half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
            let padded = parts.compactMap(group)
            guard padded.count == parts.count else { return nil }
            groups.append(padded)
        }
        let given = groups.reduce(0) { $0 + $1.count }
        if halves.count == 1 {
            guard given == 8 else { return nil }
        } else {
            guard given < 8 else { return nil }
            groups.insert(Array(repeating: "0000", count: 8 - given), at: 1)
        }
        return "[" + groups.joined().joined(separator: ":") + "]"
    }

    private static func group(_ text: Substring) -> String? {
        guard (1...4).contains(text.utf8.count), text.allSatisfy(\.isHexDigit), text.utf8.count == text.count else {
            return nil
        }
        return String(repeating: "0", count: 4 - text.count) + text.lowercased()
    }

    /// Labels of letters, digits, '_' and '-', none of them empty or ending with '-'.
    private static func isName(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.last != UInt8(ascii: "-")
                && label.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte.isDigit }
}

extension Substring {
    /// The parts between occurrences of a separator of several characters.
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}

extension UInt8 {
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    package var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

    package var isAlphanumeric: Bool { isDigit || isLetter }

    package var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
}
