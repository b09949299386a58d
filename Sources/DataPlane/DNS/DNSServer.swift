// A name server's address, as dns_resolver and resolv.conf give it.

/// An IP address and a port.
package struct DNSServer: Sendable, Hashable, CustomStringConvertible {
    package let address: HostAddress
    package let port: Int
    private let text: String

    /// Reads `8.8.8.8`, `8.8.8.8:53`, `::1`, `[::1]` and `[::1]:53`; nil for anything else.
    package init?(_ text: String, defaultPort: Int = 53) {
        var host = Substring(text)
        var port = defaultPort
        let isBracketed = text.hasPrefix("[")
        let colon = text.lastIndex(of: ":")
        if let colon, isBracketed ? text[..<colon].hasSuffix("]") : text.firstIndex(of: ":") == colon {
            guard let given = Int(text[text.index(after: colon)...]), (1...65535).contains(given) else { return nil }
            host = text[..<colon]
            port = given
        }
        // A scope (`fe80::1%eth0`) makes an address that c-ares cannot use.
        guard !text.utf8.contains(0x25), let address = HostAddress(literal: String(host)) else { return nil }
        self.address = address
        self.port = port
        self.text = address.isIPv4 || host.hasPrefix("[") ? String(host) : "[\(host)]"
    }

    /// `8.8.8.8:53`, `[::1]:53`.
    package var description: String { "\(text):\(port)" }
}
