// The TLS 1.2 ciphers that the TLS library has, with the words by which OpenSSL's cipher lists name groups of them.
// TLS 1.3 has ciphers of its own, which no list chooses.

/// A cipher of TLS 1.2 and before.
package struct TLSCipher: Sendable, Hashable {
    /// Its number on the wire.
    package let number: Int
    /// OpenSSL's name for it.
    package let name: String
    /// What it is made of, in the words of cipher lists.
    let traits: Set<String>

    private init(_ number: Int, _ name: String, _ traits: String) {
        self.number = number
        self.name = name
        self.traits = Set(traits.split(separator: " ").map(String.init)).union(["ALL"])
    }

    /// Whether it keeps past sessions secret when the key is lost, and authenticates what it encrypts: all that
    /// Mozilla recommends for clients of today.
    package var isRecommended: Bool {
        traits.contains("ECDHE") && (traits.contains("AESGCM") || traits.contains("CHACHA20"))
    }

    /// Whether TLS before 1.2 can use it.
    package var worksBeforeTLS12: Bool { traits.contains("TLSv1") }

    /// All of them, strong ones first.
    package static let all = [
        TLSCipher(0xC02B, "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE ECDSA AES AES128 AESGCM TLSv1.2 HIGH DEFAULT"),
        TLSCipher(0xC02F, "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE aRSA AES AES128 AESGCM TLSv1.2 HIGH DEFAULT"),
        TLSCipher(0xC02C, "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE ECDSA AES AES256 AESGCM TLSv1.2 HIGH DEFAULT"),
        TLSCipher(0xC030, "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE aRSA AES AES256 AESGCM TLSv1.2 HIGH DEFAULT"),
        TLSCipher(0xCCA9, "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE ECDSA CHACHA20 TLSv1.2 HIGH DEFAULT"),
        TLSCipher(0xCCA8, "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE aRSA CHACHA20 TLSv1.2 HIGH DEFAULT"),
        TLSCipher(0xC023, "ECDHE-ECDSA-AES128-SHA256", "ECDHE ECDSA AES AES128 SHA256 TLSv1.2 HIGH"),
        TLSCipher(0xC027, "ECDHE-RSA-AES128-SHA256", "ECDHE aRSA AES AES128 SHA256 TLSv1.2 HIGH"),
        TLSCipher(0xC009, "ECDHE-ECDSA-AES128-SHA", "ECDHE ECDSA AES AES128 SHA1 TLSv1 HIGH DEFAULT"),
        TLSCipher(0xC013, "ECDHE-RSA-AES128-SHA", "ECDHE aRSA AES AES128 SHA1 TLSv1 HIGH DEFAULT"),
        TLSCipher(0xC00A, "ECDHE-ECDSA-AES256-SHA", "ECDHE ECDSA AES AES256 SHA1 TLSv1 HIGH DEFAULT"),
        TLSCipher(0xC014, "ECDHE-RSA-AES256-SHA", "ECDHE aRSA AES AES256 SHA1 TLSv1 HIGH DEFAULT"),
        TLSCipher(0x009C, "AES128-GCM-SHA256", "kRSA aRSA AES AES128 AESGCM TLSv1.2 HIGH DEFAULT"),
        TLSCipher(0x009D, "AES256-GCM-SHA384", "kRSA aRSA AES AES256 AESGCM TLSv1.2 HIGH DEFAULT"),
        TLSCipher(0x002F, "AES128-SHA", "kRSA aRSA AES AES128 SHA1 TLSv1 HIGH DEFAULT"),
        TLSCipher(0x0035, "AES256-SHA", "kRSA aRSA AES AES256 SHA1 TLSv1 HIGH DEFAULT"),
        TLSCipher(0x000A, "DES-CBC3-SHA", "kRSA aRSA 3DES SHA1 TLSv1 MEDIUM"),
    ]
}
