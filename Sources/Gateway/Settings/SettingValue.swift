// The value of a property once it is read: as the rest of the program and the derived outputs see it.

import Schema

package enum SettingValue: Sendable, Hashable {
    case text(String)
    case number(Double)
    case boolean(Bool)
    case list([String])

    /// As in a file: what .kong_env holds.
    package var fileText: String {
        switch self {
        case .text(let text): text
        case .number(let number): number.luaText
        case .boolean(let flag): flag ? "true" : "false"
        case .list(let items): items.joined(separator: ",")
        }
    }

    /// As --vv prints it: texts in quotes, lists in braces.
    package var dumpText: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number, .boolean: fileText
        case .list(let items): "{" + items.map(Self.quoted).joined(separator: ",") + "}"
        }
    }

    /// As in the configuration object of `GET /`. An empty list is an empty object there, as Kong's encoder makes it.
    package var json: JSON {
        switch self {
        case .text(let text): .string(text)
        case .number(let number): .number(number)
        case .boolean(let flag): .bool(flag)
        case .list(let items): items.isEmpty ? .object([:]) : .array(items.map(JSON.string))
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted + "\""
    }
}
