// Is this a host with an optional port (RFC 3986 section 3.2.2)? Kong matches routes by these bytes and passes
// them on, so what cannot be a host is refused here.

package enum HostName {
    /// Whether the bytes are `host`, `host:port`, `[v6]` or `[v6]:port`. Like nginx: not empty, no two dots in a
    /// row, no slash. Beyond nginx: no blanks, no other delimiters, a closed bracket, a port of digits.
    package static func isValid(_ host: Span<UInt8>) -> Bool {
        isValid(host.bytes, Slice(0, host.count))
    }

    /// How many bytes of a valid host come before its port.
    package static func lengthWithoutPort(_ host: Span<UInt8>) -> Int {
        let bytes = host.bytes
        guard host.count > 0, host[0] == UInt8(ascii: "[") else {
            return ByteScan.first(Ascii.colon, in: bytes, from: 0, to: host.count)
        }
        return min(host.count, ByteScan.first(UInt8(ascii: "]"), in: bytes, from: 0, to: host.count) + 1)
    }

    static func isValid(_ bytes: RawSpan, _ host: Slice) -> Bool {
        guard !host.isEmpty else { return false }
        let start = Int(host.start)
        let end = Int(host.end)
        if AsciiWord.byte(bytes, start) == UInt8(ascii: "[") { return isLiteral(bytes, start &+ 1, end) }
        var previousIsDot = false
        var at = start
        while at < end {
            let byte = AsciiWord.byte(bytes, at)
            if byte == Ascii.colon { break }
            guard isHostByte(byte), !(previousIsDot && byte == Ascii.dot) else { return false }
            previousIsDot = byte == Ascii.dot
            at &+= 1
        }
        return at > start && isPort(bytes, at, end)
    }

    /// An address in brackets; its groups are the resolver's business.
    private static func isLiteral(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Bool {
        var at = start
        while at < end, AsciiWord.byte(bytes, at) != UInt8(ascii: "]") {
            let byte = AsciiWord.byte(bytes, at)
            guard Ascii.hexValue(byte) != nil || byte == Ascii.colon || byte == Ascii.dot else { return false }
            at &+= 1
        }
        return at > start && at < end && isPort(bytes, at &+ 1, end)
    }

    /// Nothing, or a colon and digits (RFC 3986 allows none after the colon).
    private static func isPort(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Bool {
        guard start < end else { return true }
        guard AsciiWord.byte(bytes, start) == Ascii.colon else { return false }
        for offset in (start &+ 1)..<end where !Ascii.isDigit(AsciiWord.byte(bytes, offset)) { return false }
        return true
    }

    /// unreserved, sub-delims, '%' and, as nginx lets them pass, bytes above ASCII.
    @inline(__always)
    private static func isHostByte(_ byte: UInt8) -> Bool {
        if Ascii.isLetter(byte) || Ascii.isDigit(byte) || byte == Ascii.dot || byte == Ascii.dash { return true }
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "="), UInt8(ascii: ";"),
            UInt8(ascii: "$")...UInt8(ascii: ","), 0x80...:
            return true
        default:
            return false
        }
    }
}
