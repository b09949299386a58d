// Values as Lua writes tables: error messages of Kong quote keys as '{id="..."}', and deeply nested errors as a
// block over several lines.

package enum LuaTable {
    /// On one line without spaces: `{id="...",route=null}`.
    package static func line(_ json: JSON) -> String {
        switch json {
        case .string(let text): quoted(text)
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
        case .array(let items): lines = entries(of: items, indent: inner)
        case .object(let members):
            lines = members.map { inner + key($0.key) + " = " + block($0.value, indent: inner) }
        default: return line(json)
        }
        return lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
    }

    /// Null is a place without a value: what comes behind one says its place.
    private static func entries(of items: [JSON], indent: String) -> [String] {
        let whole = items.firstIndex(of: .null) ?? items.count
        return items.enumerated().compactMap { place, item in
            guard item != .null else { return nil }
            return indent + (place < whole ? "" : "[\(place + 1)] = ") + block(item, indent: indent)
        }
    }

    /// A text as Penlight quotes it: with escapes, or in long brackets where it has several lines or brackets that
    /// Lua could take for long ones.
    private static func quoted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let level = longBracketLevel(bytes)
        if bytes.contains(UInt8(ascii: "\n")) || level != nil, !bytes.contains(UInt8(ascii: "\r")) {
            let signs = String(repeating: "=", count: (level ?? -1) + 1)
            return "[\(signs)[" + (text.hasPrefix("\n") ? "\n" : "") + text + "]\(signs)]"
        }
        var quoted = "\""
        for (place, scalar) in text.unicodeScalars.enumerated() {
            switch scalar.value {
            case 0x22, 0x5C, 0x0A: quoted += "\\\(scalar)"
            case 0..<0x20, 0x7F:
                quoted += "\\" + code(scalar.value, before: text.unicodeScalars.dropFirst(place + 1).first)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// A control character by its number, with three digits where another digit follows.
    private static func code(_ value: UInt32, before next: Unicode.Scalar?) -> String {
        guard let next, ("0"..."9").contains(next) else { return String(value) }
        return String(repeating: "0", count: 3 - String(value).count) + String(value)
    }

    /// The most equals signs between two brackets of the same kind; nil without such a pair. The closing bracket that
    /// would follow the text counts as well.
    private static func longBracketLevel(_ bytes: [UInt8]) -> Int? {
        var level: Int?
        var open: (bracket: UInt8, signs: Int)?
        for byte in bytes + [UInt8(ascii: "]")] {
            switch byte {
            case UInt8(ascii: "="): open?.signs += 1
            case UInt8(ascii: "["), UInt8(ascii: "]"):
                if let open, open.bracket == byte { level = max(level ?? 0, open.signs) }
                open = (byte, 0)
            default: open = nil
            }
        }
        return level
    }

    /// A name stands bare, anything else in brackets.
    private static func key(_ key: String) -> String {
        let startsWithDigit = key.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? true
        let isName =
            !startsWithDigit
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        return isName ? key : "[\(quoted(key))]"
    }
}
