// The requests of LDAP (RFC 4511) that tell whether a server takes a name and a password, in BER (section 5.1).

package enum LDAPRequest {
    /// A simple bind.
    ///
    /// - Parameters:
    ///   - id: 1 to 2^31 - 1; the answer has it as well.
    ///   - password: must not be empty: servers let anybody pass who shows a name and no password (RFC 4513,
    ///     section 5.1.2).
    package static func bind(id: Int32, name: [UInt8], password: [UInt8]) -> [UInt8] {
        let version = element(.integer, [3])
        return message(id, element(.bindRequest, version + element(.octetString, name) + element(.simple, password)))
    }

    /// Asks for TLS on the connection (section 4.14).
    package static func startTLS(id: Int32) -> [UInt8] {
        message(id, element(.extendedRequest, element(.requestName, Array("1.3.6.1.4.1.1466.20037".utf8))))
    }

    private static func message(_ id: Int32, _ operation: [UInt8]) -> [UInt8] {
        element(.sequence, element(.integer, integer(id)) + operation)
    }

    private static func element(_ tag: LDAPTag, _ content: [UInt8]) -> [UInt8] {
        [tag.rawValue] + length(content.count) + content
    }

    private static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        let bytes = bigEndian(count)
        return [0x80 | UInt8(bytes.count)] + bytes
    }

    /// In two's complement, as short as can be.
    private static func integer(_ value: Int32) -> [UInt8] {
        let bytes = bigEndian(Int(value))
        return (bytes.first ?? 0) & 0x80 == 0 && !bytes.isEmpty ? bytes : [0] + bytes
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0 {
            bytes.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return bytes
    }
}

/// Identifier octets: universal ones, and those of LDAP's operations.
enum LDAPTag: UInt8 {
    case integer = 0x02
    case octetString = 0x04
    case enumerated = 0x0A
    case sequence = 0x30
    case bindRequest = 0x60
    case bindResponse = 0x61
    case extendedRequest = 0x77
    case extendedResponse = 0x78
    /// Both the password of a simple bind and the name of an extended request have the context's number 0.
    case simple = 0x80

    static let requestName = LDAPTag.simple
}
