// Which certificate is shown for which server name.

/// The certificates by the names that clients ask for, exact ones and wildcards such as `*.example.com`.
package struct ServerNames: Sendable {
    private var exact: [[UInt8]: TLSIdentity] = [:]
    /// By what follows the asterisk, dot included.
    private var wildcards: [[UInt8]: TLSIdentity] = [:]

    /// No name: every client is shown the listener's own certificate.
    package init() {}

    package init(_ names: some Sequence<(name: String, identity: TLSIdentity)>) {
        for (name, identity) in names {
            let bytes = name.lowercased().utf8
            if name.hasPrefix("*.") {
                wildcards[Array(bytes.dropFirst())] = identity
            } else {
                exact[Array(bytes)] = identity
            }
        }
    }

    /// The certificate for a name: the one for exactly this name, else the wildcard's, whose asterisk stands for one
    /// label (RFC 6125, section 6.4.3). Names do not depend on case (RFC 6066, section 3).
    package func identity(for name: [UInt8]) -> TLSIdentity? {
        if exact.isEmpty, wildcards.isEmpty { return nil }
        let lowered = name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if let found = exact[lowered] { return found }
        guard let dot = lowered.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return nil }
        return wildcards[Array(lowered[dot...])]
    }
}
