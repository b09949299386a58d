// IP addresses as numbers, and sets of them (trusted_ips).

import Glibc
import NIOCore

/// An IPv4 or IPv6 address. IPv4 is held as its IPv4-mapped IPv6 form, so that both compare alike.
package struct IPAddress: Sendable, Hashable {
    let high: UInt64
    let low: UInt64
    let isIPv4: Bool

    /// Reads an address as text; nil when it is none.
    package init?(_ text: String) {
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self.init(ipv4: UInt32(bigEndian: four.s_addr))
            return
        }
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, bare, &six) == 1 else { return nil }
        self.init(six)
    }

    package init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(text)
    }

    init(high: UInt64, low: UInt64, isIPv4: Bool) {
        self.high = high
        self.low = low
        self.isIPv4 = isIPv4
    }

    private init(ipv4 value: UInt32) {
        high = 0
        low = 0xffff_0000_0000 | UInt64(value)
        isIPv4 = true
    }

    private init(_ six: in6_addr) {
        let words = six.__in6_u.__u6_addr32
        high = UInt64(UInt32(bigEndian: words.0)) << 32 | UInt64(UInt32(bigEndian: words.1))
        low = UInt64(UInt32(bigEndian: words.2)) << 32 | UInt64(UInt32(bigEndian: words.3))
        isIPv4 = high == 0 && low >> 32 == 0xffff
    }
}

/// A set of addresses and address ranges (CIDR).
package struct AddressSet: Sendable {
    private struct Range: Sendable {
        let base: IPAddress
        let prefix: Int
    }

    private var ranges: [Range] = []
    /// Whether `unix:` is in the set: peers on local sockets.
    private var includesUnix = false

    package init() {}

    /// Reads addresses, CIDR ranges and `unix:`; entries that are neither are left out.
    package init(_ entries: [String]) {
        for entry in entries {
            if entry == "unix:" {
                includesUnix = true
            } else if let range = Self.range(entry) {
                ranges.append(range)
            }
        }
    }

    package var isEmpty: Bool { ranges.isEmpty && !includesUnix }

    package func contains(_ address: SocketAddress) -> Bool {
        guard let ip = IPAddress(address) else { return includesUnix }
        return contains(ip)
    }

    package func contains(_ ip: IPAddress) -> Bool {
        ranges.contains { Self.matches(ip, $0) }
    }

    private static func range(_ text: String) -> Range? {
        guard let slash = text.firstIndex(of: "/") else {
            return IPAddress(text).map { Range(base: $0, prefix: 128) }
        }
        guard let base = IPAddress(String(text[..<slash])), let length = Int(text[text.index(after: slash)...]),
            (0...(base.isIPv4 ? 32 : 128)).contains(length)
        else { return nil }
        return Range(base: base, prefix: base.isIPv4 ? length + 96 : length)
    }

    private static func matches(_ ip: IPAddress, _ range: Range) -> Bool {
        guard ip.isIPv4 == range.base.isIPv4 else { return false }
        let highMask = range.prefix >= 64 ? UInt64.max : range.prefix == 0 ? 0 : ~(UInt64.max >> UInt64(range.prefix))
        let lowBits = range.prefix - 64
        let lowMask = lowBits >= 64 ? UInt64.max : lowBits <= 0 ? 0 : ~(UInt64.max >> UInt64(lowBits))
        return (ip.high ^ range.base.high) & highMask == 0 && (ip.low ^ range.base.low) & lowMask == 0
    }
}
