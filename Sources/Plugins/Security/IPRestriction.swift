// ip-restriction: lets clients of some networks in, or keeps those of others out. Only IPv4, as in Kong: an IPv6 client
// passes every blacklist and no whitelist.

import PluginKit
import Schema
import Wire

/// Judges clients by their address.
package struct IPRestriction: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "ip-restriction", version: "1.0.0", priority: 990, config: Config.schema,
        checks: [
            .onlyOneOf(["config.whitelist", "config.blacklist"]),
            .atLeastOneOf(["config.whitelist", "config.blacklist"]),
        ])

    package struct Config: Declared {
        package var whitelist: [String]?
        package var blacklist: [String]?

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("whitelist", \.whitelist, .each(.cidr), doc: "The addresses and networks that are let in."),
            Field("blacklist", \.blacklist, .each(.cidr), doc: "The addresses and networks that are kept out."),
        ]
    }

    /// The addresses that share their first bits.
    private struct Network: Sendable {
        let address: UInt32
        let mask: UInt32

        /// `1.2.3.4` or `1.2.3.0/24`; nil for anything else.
        init?(_ text: String) {
            let parts = text.split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let address = IPRestriction.address(Array(first.utf8)) else { return nil }
            let prefix = parts.count > 1 ? Int(parts[1]) : 32
            guard let prefix, (0...32).contains(prefix) else { return nil }
            mask = prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix)
            self.address = address & mask
        }

        func contains(_ client: UInt32) -> Bool { client & mask == address }
    }

    private static let refused = Response.message(403, "Your IP address is not allowed")
    private static let nameless = Response.message(
        403, "Cannot identify the client IP address, unix domain sockets are not supported.")

    private let whitelist: [Network]?
    private let blacklist: [Network]

    package init(_ config: Config, _ setup: Setup) {
        whitelist = config.whitelist.flatMap { $0.isEmpty ? nil : $0.compactMap(Network.init) }
        blacklist = (config.blacklist ?? []).compactMap(Network.init)
    }

    package func access(_ x: Exchange) -> Verdict {
        let client = x.clientAddress
        guard !client.isEmpty, !client.starts(with: Array("unix:".utf8)) else { return .respond(Self.nameless) }
        let address = Self.address(client)
        if let address, blacklist.contains(where: { $0.contains(address) }) { return .respond(Self.refused) }
        guard let whitelist else { return .next }
        let isListed = address.map { address in whitelist.contains { $0.contains(address) } } ?? false
        return isListed ? .next : .respond(Self.refused)
    }

    /// An IPv4 address from its text.
    private static func address(_ text: [UInt8]) -> UInt32? {
        var address: UInt32 = 0
        let octets = text.split(separator: Ascii.dot, omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        for octet in octets {
            guard (1...3).contains(octet.count), octet.allSatisfy(Ascii.isDigit) else { return nil }
            let value = octet.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - Ascii.zero) }
            guard value < 256 else { return nil }
            address = address << 8 | value
        }
        return address
    }
}
