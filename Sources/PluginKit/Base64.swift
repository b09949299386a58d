// Base64 (RFC 4648) as nginx reads and writes it, since what a plugin takes for a password must be what Kong took.

package enum Base64 {
    /// What the text stands for; nil when it has a foreign character or an impossible length. Reading stops at the
    /// first `=`, and padding may be missing.
    ///
    /// - Parameter isURL: also takes `-` and `_`, as in tokens.
    package static func decode(_ text: some Collection<UInt8>, isURL: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for character in text {
            if character == UInt8(ascii: "=") { break }
            guard let value = value(character, isURL: isURL) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 1
            if count % 4 == 0 { append(bits, 3, to: &bytes) }
        }
        switch count % 4 {
        case 1: return nil
        case 2: append(bits << 12, 1, to: &bytes)
        case 3: append(bits << 6, 2, to: &bytes)
        default: break
        }
        return bytes
    }

    /// With padding.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | UInt32(index < group.count ? group[start + index] : 0) }
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * index)) & 63])
            }
        }
        return text
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func append(_ bits: UInt32, _ count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * index))) }
    }

    private static func value(_ character: UInt8, isURL: Bool) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        case UInt8(ascii: "-"): isURL ? 62 : nil
        case UInt8(ascii: "_"): isURL ? 63 : nil
        default: nil
        }
    }
}
