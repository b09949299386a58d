// Which address in a header of a trusted peer is the client's: nginx's realip module, down to its way of reading
// addresses.

import Wire

enum RealAddress {
    /// The client's address in the usual notation; nil if the header tells none.
    ///
    /// - Parameter lines: the header's values, each a list.
    static func find(in lines: [[UInt8]], _ trusted: AddressSet, isRecursive: Bool) -> [UInt8]? {
        var chosen: String?
        search: for line in lines.reversed() {
            let entries = line.split(whereSeparator: isSeparator)
            if entries.isEmpty { break }
            for entry in entries.reversed() {
                guard !isSpoilt(entry, in: line), let address = read(entry) else { break search }
                chosen = address.text
                if !isRecursive || !trusted.contains(address.number) { break search }
            }
            if line.first.map(isSeparator) == true { break }
        }
        return chosen.map { Array($0.utf8) }
    }

    /// nginx does not look for a separator in the first place of a line: one that stands there is taken for a part of
    /// the first address, or for an address, and a bad one.
    private static func isSpoilt(_ entry: ArraySlice<UInt8>, in line: [UInt8]) -> Bool {
        entry.startIndex == 1 && isSeparator(line[0])
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == Ascii.comma || byte == Ascii.space
    }

    /// An address that may have a port behind it; one of IPv6 stands in brackets then.
    private static func read(_ entry: ArraySlice<UInt8>) -> (number: IPAddress, text: String)? {
        let text = String(decoding: entry, as: UTF8.self)
        if !text.hasPrefix("["), IPAddress(text) != nil { return address(text) }
        guard let colon = text.lastIndex(of: ":"), isPort(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        guard host.hasPrefix("["), host.hasSuffix("]") else { return host.contains(":") ? nil : address(String(host)) }
        let bare = host.dropFirst().dropLast()
        return bare.contains(":") ? address(String(bare)) : nil
    }

    private static func address(_ text: String) -> (number: IPAddress, text: String)? {
        IPAddress(text).map { ($0, $0.asWritten(text).text) }
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            return false
        }
        return (1...65_535).contains(number)
    }
}
