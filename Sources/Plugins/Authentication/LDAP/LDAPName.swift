// Distinguished names made of what a client says (RFC 4514).

import Wire

enum LDAPName {
    /// `<attribute>=<value>,<base>`. The value is escaped, so that it can't add parts to the name.
    static func join(_ attribute: String, _ value: [UInt8], _ base: String) -> [UInt8] {
        Array("\(attribute)=".utf8) + escaped(value) + Array(",\(base)".utf8)
    }

    /// The value as it is written in a name (section 2.4).
    private static func escaped(_ value: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for (place, byte) in value.enumerated() {
            switch byte {
            case 0: result += Array(#"\00"#.utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "+"), Ascii.comma, Ascii.semicolon, UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "\\"):
                result += [UInt8(ascii: "\\"), byte]
            case Ascii.hash where place == 0: result += [UInt8(ascii: "\\"), byte]
            case Ascii.space where place == 0 || place == value.count - 1: result += [UInt8(ascii: "\\"), byte]
            default: result.append(byte)
            }
        }
        return result
    }
}
