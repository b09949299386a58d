// Values as Lua writes tables: error messages of Kong quote keys as '{id="..."}', and deeply nested errors as a
// block over several lines.

package enum LuaTable {
    /// On one line without spaces: `{id="...",route=null}`.
    package static func line(_ json: JSON) -> String {
        switch json {
        case .string(let text): "\"\(text)\""
        case .array(let items): "{" + items.map(line).joined(separator: ",") + "}"
        case .object(let members): "{" + members.map { "\($0.key)=\(line($0.value))" }.joined(separator: ",") + "}"
        case .null, .bool, .number: json.errorText
        }
    }

    /// Over several lines, two spaces a level.
    package static func block(_ json: JSON, indent: String = "") -> String {
        let inner = indent + "  "
        let lines: [String]
        switch json {
        case .array(let items): lines = items.map { inner + block($0, indent: inner) }
        case .object(let members):
            lines = members.map { inner + key($0.key) + " = " + block($0.value, indent: inner) }
        default: return line(json)
        }
        return lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
    }

    /// A name stands bare, anything else in brackets.
    private static func key(_ key: String) -> String {
        let isName = key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isName ? key : "[\"\(key)\"]"
    }
}
