// Random UUIDs as text, without Foundation.

/// Version 4 UUIDs (RFC 9562, section 5.4).
package enum UUIDText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// 36 lower-case characters.
    package static func random() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & ~0xf000 | 0x4000
        let low = generator.next() & ~(3 << 62) | (2 << 62)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            text.append(digits[Int(truncatingIfNeeded: word >> UInt64((15 - index % 16) * 4)) & 15])
        }
        return text
    }
}
