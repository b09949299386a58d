// UUIDs as texts, the form they have in rows, URLs and bodies.

package enum UUIDText {
    /// 8-4-4-4-12 hexadecimal digits, in either case.
    package static func isValid(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        return text.utf8.enumerated().allSatisfy { place, byte in
            switch place {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default: isHexDigit(byte)
            }
        }
    }

    /// A random UUID (RFC 4122, version 4).
    package static func random() -> String {
        // Two numbers, not sixteen: each asks the kernel.
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for place in 0..<32 {
            if place == 8 || place == 12 || place == 16 || place == 20 { text.append(UInt8(ascii: "-")) }
            let word = place < 16 ? high : low
            text.append(digits[Int(word >> UInt64(60 - place % 16 * 4) & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

/// Random keys and secrets of credentials.
package enum RandomToken {
    /// 32 letters and digits, as Kong makes them.
    package static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(
            decoding: (0..<32).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] },
            as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
}
