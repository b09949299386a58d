// The address that a user is sent back to, with what the application is to learn in its query or fragment.

import PluginKit
import Schema
import Wire

enum RedirectURI {
    /// The address with further arguments in its query, all of them sorted by name.
    static func adding(_ members: JSONObject, toQueryOf uri: String) -> String {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let own = parts.count > 1 ? arguments(of: String(parts[1])) : []
        return "\(parts.first ?? "")?\(encoded(own + pairs(members)))"
    }

    /// The address with arguments in its fragment, which the application's server does not see.
    static func adding(_ members: JSONObject, toFragmentOf uri: String) -> String {
        "\(uri)#\(encoded(pairs(members)))"
    }

    private typealias Pair = (name: String, value: String?)

    private static func pairs(_ members: JSONObject) -> [Pair] {
        members.map { ($0.key, $0.value.errorText) }
    }

    private static func arguments(of query: String) -> [Pair] {
        query.split(separator: "&").map { argument in
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : nil)
        }
    }

    private static func decoded(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: PercentText.decoded(bytes.span, bytes.indices), as: UTF8.self)
    }

    private static func encoded(_ pairs: [Pair]) -> String {
        pairs.sorted { $0.name < $1.name }.map { pair in
            pair.value.map { "\(escaped(pair.name))=\(escaped($0))" } ?? escaped(pair.name)
        }.joined(separator: "&")
    }

    /// Kong escapes all but letters, digits and `_`.
    private static func escaped(_ text: String) -> String {
        let escaped = text.utf8.flatMap { byte -> [UInt8] in
            let isPlain = byte.isAlphanumeric || byte == UInt8(ascii: "_")
            return isPlain ? [byte] : [Ascii.percent] + Digest.hex([byte])
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
