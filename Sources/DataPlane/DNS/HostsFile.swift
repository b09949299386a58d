// Reads hosts(5). Kong reads the file once, at the start, and keeps its names for good.

/// The names the hosts file defines, in lower case; `localhost` is always among them.
package struct HostsFile: Sendable, Equatable {
    struct Addresses: Sendable, Equatable {
        var v4: HostAddress?
        var v6: HostAddress?
    }

    private var names: [String: Addresses] = [:]

    /// - Parameter text: the file's content. The first address of each family counts for a name.
    package init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, let address = HostAddress(literal: String(first)) else { continue }
            for name in words.dropFirst() { add(address, to: name.lowercased()) }
        }
        if names["localhost"] == nil {
            names["localhost"] = Addresses(v4: HostAddress(literal: "127.0.0.1"), v6: HostAddress(literal: "::1"))
        }
    }

    /// The name's address: IPv4 before IPv6, unless only AAAA records are to be used or come first in the order.
    package func address(of name: String, order: [DNSOrder]) -> HostAddress? {
        guard let found = names[name] else { return nil }
        let four = order.firstIndex(of: .a) ?? order.count
        let six = order.firstIndex(of: .aaaa) ?? order.count
        return six < four ? found.v6 ?? found.v4 : found.v4 ?? found.v6
    }

    private mutating func add(_ address: HostAddress, to name: String) {
        var known = names[name] ?? Addresses()
        if address.isIPv4 {
            known.v4 = known.v4 ?? address
        } else {
            known.v6 = known.v6 ?? address
        }
        names[name] = known
    }
}
