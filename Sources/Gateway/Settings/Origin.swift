// One entry of the property origins: requests for one upstream address that go to another.

/// "SCHEME://HOST:PORT=SCHEME://HOST[:PORT]".
package struct Origin: Sendable, Hashable {
    package let fromScheme: String
    package let fromAuthority: String
    package let toScheme: String
    package let toAuthority: String

    /// Nil when the entry is not of that form. The hosts may still be at fault, see `fault`.
    init?(_ entry: String) {
        let sides = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let from = Self.split(sides[0]), let to = Self.split(sides[1]) else { return nil }
        let port = from.authority.split(separator: ":", omittingEmptySubsequences: false).dropFirst().last
        guard let port, !port.isEmpty, port.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        (fromScheme, fromAuthority) = from
        (toScheme, toAuthority) = to
    }

    /// A scheme of letters and digits and an authority without a path.
    private static func split(_ side: Substring) -> (scheme: String, authority: String)? {
        guard let mark = side.firstRange(of: "://") else { return nil }
        let scheme = side[..<mark.lowerBound]
        let authority = side[mark.upperBound...]
        guard !scheme.isEmpty, scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }),
            !authority.isEmpty, !authority.contains("/")
        else { return nil }
        return (String(scheme), String(authority))
    }

    package var from: String { "\(fromScheme)://\(fromAuthority)" }

    /// What is wrong with one of the hosts, in Kong's words.
    var fault: String? {
        do throws(HostAddress.Fault) {
            _ = try HostAddress(fromAuthority)
        } catch {
            return "failed to parse authority: \(error.text)(\(fromAuthority))"
        }
        do throws(HostAddress.Fault) {
            _ = try HostAddress(toAuthority)
        } catch {
            return "failed to parse authority (\(error.text))"
        }
        return nil
    }

    /// Where `to` leads: its port, or the usual one of its scheme.
    package var target: (host: String, port: UInt16)? {
        guard let address = try? HostAddress(toAuthority) else { return nil }
        return (address.host, address.port ?? (toScheme == "https" ? 443 : 80))
    }
}
