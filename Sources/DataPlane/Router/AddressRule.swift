// Sources and destinations: addresses, ranges and ports that a route wants a connection to come from or go to.

/// One element of a route's `sources` or `destinations`, as stored: an address or range, a port, or both.
package struct AddressRule: Sendable {
    /// `10.0.0.1` or `10.0.0.0/8`, IPv4 or IPv6.
    package var ip: String?
    package var port: Int?

    package init(ip: String? = nil, port: Int? = nil) {
        self.ip = ip
        self.port = port
    }
}

/// One end of a connection.
package struct PeerAddress: Sendable {
    let network: NetworkRange
    package let port: Int

    package init(_ address: IPAddress, port: Int) {
        network = NetworkRange(address)
        self.port = port
    }
}

/// A range of addresses of one family; a single address is a range of one.
struct NetworkRange: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64
    private let prefixBits: Int
    private let isIPv4: Bool

    init(_ address: IPAddress) {
        (high, low, prefixBits, isIPv4) = (address.high, address.low, 128, address.isIPv4)
    }

    /// Nil when the text is no address or has no sensible prefix length.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
        let width = address.isIPv4 ? 32 : 128
        guard let bits = parts.count > 1 ? Int(parts[1]) : width, 0...width ~= bits else { return nil }
        prefixBits = bits + 128 - width
        isIPv4 = address.isIPv4
        (high, low) = Self.masked(address.high, address.low, prefixBits)
    }

    var isSingle: Bool { prefixBits == 128 }

    func contains(_ other: NetworkRange) -> Bool {
        isIPv4 == other.isIPv4 && prefixBits <= other.prefixBits
            && Self.masked(other.high, other.low, prefixBits) == (high, low)
    }

    private static func masked(_ high: UInt64, _ low: UInt64, _ bits: Int) -> (UInt64, UInt64) {
        // Swift's smart shifts: a shift by the whole width gives 0.
        let highMask: UInt64 = ~(UInt64.max >> UInt64(min(bits, 64)))
        let lowMask: UInt64 = ~(UInt64.max >> UInt64(max(0, bits - 64)))
        return (high & highMask, low & lowMask)
    }
}
