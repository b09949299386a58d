// Splits "address:port" texts and checks addresses the way Kong does for listeners, name servers and contact points.

import Glibc

/// An IPv4 or IPv6 address or a name, with or without a port.
package struct HostAddress: Sendable, Hashable {
    package enum Kind: Sendable { case ipv4, ipv6, name }

    package let kind: Kind
    /// The address. IPv6 is spelled out in eight groups of four digits, in brackets.
    package let host: String
    package let port: UInt16?

    /// Why a text is no address, in Kong's words.
    package struct Fault: Error, Equatable {
        package let text: String
    }

    package init(_ text: String) throws(Fault) {
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        if colons > 1 || text.hasPrefix("[") {
            self = try Self.ipv6(text)
        } else if text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 || $0 == 58 }), text.contains(".") {
            self = try Self.ipv4(text)
        } else {
            self = try Self.name(text)
        }
    }

    private init(_ kind: Kind, _ host: String, _ port: UInt16?) {
        self.kind = kind
        self.host = host
        self.port = port
    }

    private static func ipv6(_ text: String) throws(Fault) -> HostAddress {
        let fault = Fault(text: "invalid ipv6 address: \(text)")
        var address = text[...]
        var port: UInt16?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw fault }
            address = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            if !rest.isEmpty {
                guard rest.first == ":", let number = portNumber(rest.dropFirst()) else { throw fault }
                port = number
            }
        }
        guard let groups = ipv6Groups(String(address)) else { throw fault }
        return HostAddress(.ipv6, "[\(groups)]", port)
    }

    private static func ipv4(_ text: String) throws(Fault) -> HostAddress {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var ignored = in_addr()
        let port = parts.count == 2 ? portNumber(parts[1]) : nil
        guard inet_pton(AF_INET, String(parts[0]), &ignored) == 1, parts.count == 1 || port != nil else {
            throw Fault(text: "invalid ipv4 address: \(text)")
        }
        return HostAddress(.ipv4, String(parts[0]), port)
    }

    private static func name(_ text: String) throws(Fault) -> HostAddress {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let port = parts.count == 2 ? portNumber(parts[1]) : nil
        guard parts.first.map(isName) == true, parts.count == 1 || port != nil else {
            throw Fault(text: "invalid hostname: \(text)")
        }
        return HostAddress(.name, String(parts[0]), port)
    }

    /// Letters, digits, '-' and '_' in parts separated by dots, none of which is empty or ends in '-'.
    private static func isName(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.last != "-"
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        }
    }

    static func portNumber(_ text: Substring) -> UInt16? {
        text.isEmpty || !text.allSatisfy { $0.isASCII && $0.isNumber } ? nil : UInt16(text)
    }

    /// "::1" as "0000:0000:0000:0000:0000:0000:0000:0001"; nil when it is no IPv6 address.
    private static func ipv6Groups(_ text: String) -> String? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        let words = withUnsafeBytes(of: address) { bytes in
            stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        }
        return words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }.joined(separator: ":")
    }
}

/// Whether a text is an address, a CIDR block or "unix:", as trusted_ips takes them.
func isTrustedAddress(_ text: String) -> Bool {
    if text == "unix:" { return true }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = parts.first.map(String.init) else { return false }
    var four = in_addr()
    var six = in6_addr()
    let isFour = inet_pton(AF_INET, address, &four) == 1
    guard isFour || inet_pton(AF_INET6, address, &six) == 1 else { return false }
    guard parts.count == 2 else { return true }
    return (HostAddress.portNumber(parts[1]).map { $0 <= (isFour ? 32 : 128) }) == true
}
