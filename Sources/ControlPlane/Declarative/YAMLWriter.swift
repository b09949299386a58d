// Writes JSON values as YAML: in blocks, one member a line, so that files can be read and compared. Whatever readers of
// YAML 1.1 or 1.2 could take for something else than a text is quoted.

import Schema

struct YAMLWriter {
    private(set) var text = ""

    private static let simpleKeyBytes = 1000

    /// The text of a document.
    static func text(of document: JSONObject) -> String {
        var writer = YAMLWriter()
        writer.write(document, indent: "")
        return writer.text
    }

    /// The members of an object, one a line; the first one stands where the text ends.
    private mutating func write(_ members: JSONObject, indent: String) {
        for (place, member) in members.enumerated() {
            if place > 0 { text += indent }
            let key = YAMLText.word(member.key)
            // Behind a longer key readers do not look for its colon (YAML 1.1, section 9.2: simple keys).
            text += key.utf8.count > Self.simpleKeyBytes ? "? \(key)\n\(indent):" : "\(key):"
            write(member.value, below: indent, listIndent: indent)
        }
    }

    /// A value behind a name or a dash, to the end of its last line.
    ///
    /// - Parameter listIndent: lists of a member are not moved in, those in a list are.
    private mutating func write(_ value: JSON, below indent: String, listIndent: String) {
        switch value {
        case .object(let members) where !members.isEmpty:
            text += "\n\(indent)  "
            write(members, indent: indent + "  ")
        case .array(let items) where !items.isEmpty:
            text += "\n"
            for item in items { write(item: item, indent: listIndent) }
        case .string(let string): text += " \(YAMLText.block(string, indent: indent + "  ") ?? YAMLText.word(string))\n"
        default: text += " \(Self.scalar(value))\n"
        }
    }

    private mutating func write(item: JSON, indent: String) {
        text += indent + "-"
        if let members = item.object, !members.isEmpty {
            text += " "
            write(members, indent: indent + "  ")
        } else {
            write(item, below: indent, listIndent: indent + "  ")
        }
    }

    private static func scalar(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): Int(exactly: number).map(String.init) ?? String(number)
        case .string(let text): YAMLText.word(text)
        case .array: "[]"
        case .object: "{}"
        }
    }
}

/// The forms that a text has in YAML.
private enum YAMLText {
    /// Words that YAML 1.1 knows beside those that this program takes for values.
    private static let foreignWords: Set<String> = ["y", "Y", "n", "N"]

    /// In one line: bare where nothing can be mistaken, else in quotes.
    static func word(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    private static func isPlain(_ text: String) -> Bool {
        if UUIDText.isValid(text) { return text.utf8.count == 36 }
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/") || first == UInt8(ascii: "_"),
            text.utf8.allSatisfy({ isLetter($0) || isDigit($0) || "/_-.".utf8.contains($0) })
        else { return false }
        return YAMLScalar.value(ofPlain: text) == .string(text) && !foreignWords.contains(text)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Several lines as they are, as certificates are read best; nil for a text that would not survive that.
    static func block(_ text: String, indent: String) -> String? {
        guard text.utf8.contains(0x0A), let first = text.utf8.first, first != 0x0A, first != 0x20,
            text.utf8.allSatisfy({ $0 == 0x0A || ($0 >= 0x20 && $0 < 0x7F) }), !text.hasSuffix("\n\n")
        else { return nil }
        let hasEnd = text.hasSuffix("\n")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(hasEnd ? 1 : 0)
        return (hasEnd ? "|" : "|-") + lines.map { $0.isEmpty ? "\n" : "\n\(indent)\($0)" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case "\u{0}"..<" ", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}"..."\u{FFFF}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
