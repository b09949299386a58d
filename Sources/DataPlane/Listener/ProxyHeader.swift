// The PROXY protocol, versions 1 and 2: what a balancer in front of the gateway says about a connection before the
// connection's own bytes. A pure value: bytes in, header out, and nothing that the specification does not allow.

/// What a PROXY protocol header says, without the bytes that follow it.
package struct ProxyHeader: Sendable, Equatable {
    /// One end of the connection that the balancer took.
    package struct End: Sendable, Equatable {
        package let address: String
        package let port: Int

        package init(address: String, port: Int) {
            self.address = address
            self.port = port
        }
    }

    package enum Reading: Sendable, Equatable {
        case needMore
        /// The header and the number of bytes that it takes.
        case complete(ProxyHeader, byteCount: Int)
        case invalid
    }

    /// Nil when the balancer speaks for itself (LOCAL), or does not know or does not tell (UNKNOWN, UNIX).
    package let source: End?
    package let destination: End?

    package init(source: End? = nil, destination: End? = nil) {
        self.source = source
        self.destination = destination
    }

    /// A line of version 1 has at most 107 bytes, its end included.
    static let maxLineBytes = 107
    /// The largest header of version 2 by default: addresses of 216 bytes and a few kilobytes of TLVs.
    package static let maxBytes = 4096

    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let word = Array("PROXY ".utf8)

    /// Reads the header at the start of a connection.
    package static func read(_ bytes: [UInt8], maxBytes: Int = ProxyHeader.maxBytes) -> Reading {
        if startsAlike(bytes, signature) { return readBinary(bytes, maxBytes) }
        if startsAlike(bytes, word) { return readLine(bytes) }
        return .invalid
    }

    private static func startsAlike(_ bytes: [UInt8], _ start: [UInt8]) -> Bool {
        zip(bytes, start).allSatisfy { $0 == $1 }
    }
}

// Version 1: one line of text.
extension ProxyHeader {
    private static func readLine(_ bytes: [UInt8]) -> Reading {
        let window = bytes.prefix(maxLineBytes)
        guard let end = window.firstIndex(of: UInt8(ascii: "\n")) else {
            return bytes.count >= maxLineBytes ? .invalid : .needMore
        }
        guard end > 0, window[end - 1] == UInt8(ascii: "\r") else { return .invalid }
        guard let header = parse(line: String(decoding: window[..<(end - 1)], as: UTF8.self)) else { return .invalid }
        return .complete(header, byteCount: end + 1)
    }

    private static func parse(line: String) -> ProxyHeader? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count > 1 else { return nil }
        // What follows UNKNOWN is to be ignored.
        if words[1] == "UNKNOWN" { return ProxyHeader() }
        guard words.count == 6, ["TCP4", "TCP6"].contains(words[1]) else { return nil }
        let isIPv4 = words[1] == "TCP4"
        guard let source = end(words[2], words[4], isIPv4: isIPv4),
            let destination = end(words[3], words[5], isIPv4: isIPv4)
        else { return nil }
        return ProxyHeader(source: source, destination: destination)
    }

    private static func end(_ address: String, _ port: String, isIPv4: Bool) -> End? {
        let isBare = address.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: ":")).contains(byte) || byte == UInt8(ascii: ".")
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
        }
        guard isBare, let read = IPAddress(address), address.contains(":") != isIPv4, let number = number(port) else {
            return nil
        }
        return End(address: read.asWritten(address).text, port: number)
    }

    /// Decimal, without a sign or leading zeros.
    private static func number(_ text: String) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text == "0" || !text.hasPrefix("0"), let number = Int(text), number <= 65_535
        else { return nil }
        return number
    }
}

// Version 2: numbers.
extension ProxyHeader {
    private static func readBinary(_ bytes: [UInt8], _ maxBytes: Int) -> Reading {
        guard bytes.count > 12 else { return .needMore }
        let command = bytes[12] & 0x0F
        guard bytes[12] >> 4 == 2, command <= 1 else { return .invalid }
        guard bytes.count > 13 else { return .needMore }
        let (family, transport) = (bytes[13] >> 4, bytes[13] & 0x0F)
        guard family <= 3, transport <= 2 else { return .invalid }
        guard bytes.count > 15 else { return .needMore }
        let byteCount = 16 + (Int(bytes[14]) << 8 | Int(bytes[15]))
        guard byteCount <= maxBytes else { return .invalid }
        guard bytes.count >= byteCount else { return .needMore }
        let block = Array(bytes[16..<byteCount])
        // The balancer's own connection, a health check perhaps: what it says about addresses does not count.
        if command == 0 { return .complete(ProxyHeader(), byteCount: byteCount) }
        guard let (header, used) = addresses(block, family, transport), areComplete(tlvs: block.dropFirst(used)) else {
            return .invalid
        }
        return .complete(header, byteCount: byteCount)
    }

    private static func addresses(_ block: [UInt8], _ family: UInt8, _ transport: UInt8) -> (ProxyHeader, Int)? {
        let size = [0: 0, 1: 4, 2: 16, 3: 108][Int(family)] ?? 0
        guard family != 0, transport == 1 else { return (ProxyHeader(), block.count) }
        let used = family == 3 ? 216 : 2 * size + 4
        guard block.count >= used else { return nil }
        if family == 3 { return (ProxyHeader(), used) }
        func end(_ place: Int) -> End {
            let port = 2 * size + 2 * place
            return End(
                address: IPAddress(network: block[(place * size)..<((place + 1) * size)]).text,
                port: Int(block[port]) << 8 | Int(block[port + 1]))
        }
        return (ProxyHeader(source: end(0), destination: end(1)), used)
    }

    /// Whether what follows the addresses is a row of type, length and value. The values are not looked at.
    private static func areComplete(tlvs: ArraySlice<UInt8>) -> Bool {
        var rest = tlvs
        while let first = rest.indices.first {
            guard rest.count >= 3 else { return false }
            let length = Int(rest[first + 1]) << 8 | Int(rest[first + 2])
            guard rest.count >= 3 + length else { return false }
            rest = rest.dropFirst(3 + length)
        }
        return true
    }
}

extension IPAddress {
    /// From 4 or 16 bytes in network order.
    fileprivate init(network bytes: ArraySlice<UInt8>) {
        func number(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        if bytes.count == 4 {
            self.init(high: 0, low: 0xffff_0000_0000 | number(bytes), isIPv4: true)
        } else {
            self.init(high: number(bytes.prefix(8)), low: number(bytes.suffix(8)), isIPv4: false)
        }
    }

    /// The same address; one of IPv6 that stands for one of IPv4 stays what it is.
    func asWritten(_ text: String) -> IPAddress {
        IPAddress(high: high, low: low, isIPv4: isIPv4 && !text.contains(":"))
    }

    /// In the usual notation.
    var text: String {
        if isIPv4 {
            return [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xff) }.joined(separator: ".")
        }
        if high == 0, low >> 32 == 0xffff { return "::ffff:" + IPAddress(high: 0, low: low, isIPv4: true).text }
        let groups =
            [48, 32, 16, 0].map { high >> UInt64($0) & 0xffff }
            + [48, 32, 16, 0].map {
                low >> UInt64($0) & 0xffff
            }
        return IPv6Text.write(groups)
    }
}

/// IPv6 addresses as RFC 5952 wants them written.
enum IPv6Text {
    static func write(_ groups: [UInt64]) -> String {
        let zeros = longestZeros(groups)
        let words = groups.map { String($0, radix: 16) }
        guard zeros.count > 1 else { return words.joined(separator: ":") }
        return words[..<zeros.lowerBound].joined(separator: ":") + "::"
            + words[zeros.upperBound...].joined(separator: ":")
    }

    /// The first of the longest runs of zeros.
    private static func longestZeros(_ groups: [UInt64]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        for (place, group) in groups.enumerated() {
            if group != 0 {
                start = place + 1
            } else if place + 1 - start > best.count {
                best = start..<(place + 1)
            }
        }
        return best
    }
}
