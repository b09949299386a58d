// One entry of proxy_listen, admin_listen or stream_listen.

import Schema

/// An address to listen on, with its flags.
package struct ListenAddress: Sendable, Hashable {
    package enum Flag: String, Sendable, CaseIterable {
        case ssl
        case http2
        case proxyProtocol = "proxy_protocol"
        case transparent
    }

    /// An IPv4 address, an IPv6 address in brackets, a name, or "*" for all IPv4 addresses.
    package let ip: String
    package let port: UInt16
    package let flags: Set<Flag>

    package init(ip: String, port: UInt16, flags: Set<Flag> = []) {
        self.ip = ip
        self.port = port
        self.flags = flags
    }

    package var ssl: Bool { flags.contains(.ssl) }
    package var http2: Bool { flags.contains(.http2) }
    package var proxyProtocol: Bool { flags.contains(.proxyProtocol) }
    package var transparent: Bool { flags.contains(.transparent) }

    /// "ip:port flags" with the flags in Kong's order.
    package var listener: String {
        (["\(ip):\(port)"] + Flag.allCases.filter(flags.contains).map(\.rawValue)).joined(separator: " ")
    }

    /// As in the configuration object of `GET /`.
    package var json: JSON {
        [
            "ip": .string(ip), "port": .number(Double(port)), "ssl": .bool(ssl), "http2": .bool(http2),
            "proxy_protocol": .bool(proxyProtocol), "transparent": .bool(transparent),
            "listener": .string(listener),
        ]
    }
}

extension ListenAddress {
    /// Reads one entry; nil when it is not of the form that `usage` shows.
    package init?(_ entry: String, allowed: [Flag]) {
        let words = entry.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let address = words.first, let (ip, port) = Self.split(address) else { return nil }
        var flags: Set<Flag> = []
        for word in words.dropFirst() {
            guard let flag = Flag(rawValue: word), allowed.contains(flag) else { return nil }
            flags.insert(flag)
        }
        self.init(ip: ip, port: port, flags: flags)
    }

    private static func split(_ address: String) -> (ip: String, port: UInt16)? {
        if address.hasPrefix("*:") {
            return HostAddress.portNumber(address.dropFirst(2)).map { ("*", $0) }
        }
        guard let host = try? HostAddress(address), let port = host.port else { return nil }
        return (host.host, port)
    }

    /// Reads a whole list; `off` as its first entry makes it empty. Nil when an entry is at fault or there is none.
    package static func list(_ entries: [String], allowed: [Flag]) -> [ListenAddress]? {
        guard let first = entries.first else { return nil }
        if first == "off" { return [] }
        let addresses = entries.compactMap { ListenAddress($0, allowed: allowed) }
        return addresses.count == entries.count ? addresses : nil
    }

    /// The error text for a property whose entries are at fault.
    static func usage(_ property: String, allowed: [Flag]) -> String {
        let flags = allowed.map { "[\($0.rawValue)]" }.joined(separator: " ")
        return "\(property) must be of form: [off] | <ip>:<port> \(flags), [... next entry ...]"
    }
}
