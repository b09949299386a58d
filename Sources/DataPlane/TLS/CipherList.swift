// OpenSSL's notation for lists of ciphers, as ssl_ciphers has it. It is evaluated here because the TLS library ends the
// process at a list that leaves nothing, and rejects what other libraries know and it does not.

/// Reads cipher lists such as `ECDHE+AESGCM:HIGH:!aNULL:!3DES` (ciphers(1) of OpenSSL).
package enum CipherList {
    /// The ciphers of the library that a list names, in its order. What the library does not have is left out.
    package static func ciphers(of list: String) -> [TLSCipher] {
        var chosen: [TLSCipher] = []
        var forbidden: Set<TLSCipher> = []
        for word in list.split(whereSeparator: { ":, ;".contains($0) }) {
            let term = word.drop { "!-+".contains($0) }
            let matches = TLSCipher.all.filter { Self.names(term, $0) }
            switch word.first {
            case "!":
                forbidden.formUnion(matches)
                chosen.removeAll { matches.contains($0) }
            case "-": chosen.removeAll { matches.contains($0) }
            case "+":
                let moved = chosen.filter { matches.contains($0) }
                chosen.removeAll { matches.contains($0) }
                chosen += moved
            default: chosen += matches.filter { !chosen.contains($0) && !forbidden.contains($0) }
            }
        }
        return chosen
    }

    /// Whether a term, a cipher's name or groups that must all hold, names the cipher. Commands such as `@STRENGTH`
    /// name none.
    private static func names(_ term: Substring, _ cipher: TLSCipher) -> Bool {
        if term == cipher.name { return true }
        let groups = term.split(separator: "+")
        return !groups.isEmpty && groups.allSatisfy { cipher.traits.contains(synonyms[$0] ?? String($0)) }
    }

    private static let synonyms: [Substring: String] = [
        "EECDH": "ECDHE", "kECDHE": "ECDHE", "kEECDH": "ECDHE", "ECDH": "ECDHE", "RSA": "kRSA", "aECDSA": "ECDSA",
        "SHA": "SHA1", "SSLv3": "TLSv1", "TLSv1.0": "TLSv1", "FIPS": "HIGH",
    ]
}
