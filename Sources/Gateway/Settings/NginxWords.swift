// The text of nginx's configuration: words, quotes and the ends of directives.

/// Text as nginx's configuration has it: words, some of them in quotes.
enum NginxWords {
    /// Nil when a quote is not closed.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var rest = text[...]
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard let first = rest.first else { return words }
            if first == "'" || first == "\"" {
                rest = rest.dropFirst()
                guard let word = take(&rest, until: { $0 == first }), rest.first == first else { return nil }
                rest = rest.dropFirst()
                words.append(word)
            } else {
                words.append(take(&rest, until: \.isWhitespace) ?? "")
            }
        }
    }

    /// The directives in a text: semicolons end them, and blocks, but for what stands within quotes.
    static func parts(_ text: String) -> [String] {
        var parts = [""]
        var (depth, isEscaped, beginsWord) = (0, false, true)
        var quote: Character?
        for sign in text {
            let isPlain = quote == nil && !isEscaped
            if isPlain, sign == ";", depth == 0 {
                parts.append("")
                beginsWord = true
                continue
            }
            parts[parts.count - 1].append(sign)
            if !isEscaped, sign == quote {
                quote = nil
            } else if isPlain, beginsWord, sign == "'" || sign == "\"" {
                quote = sign
            } else if isPlain, sign == "{" {
                depth += 1
            } else if isPlain, sign == "}", depth > 0 {
                depth -= 1
                // That of a variable, as in `${name}`, ends nothing.
                if depth == 0, isBlock(parts[parts.count - 1]) { parts.append("") }
            }
            isEscaped = !isEscaped && sign == "\\"
            beginsWord = quote == nil && (sign.isWhitespace || sign == ";" || sign == "{")
        }
        return parts
    }

    /// Whether what ends with a bracket is a block.
    private static func isBlock(_ text: String) -> Bool {
        guard let open = text.lastIndex(of: "{") else { return true }
        return text[..<open].last != "$"
    }

    /// The text up to an end, with what a backslash stands for; nil when it ends within that.
    private static func take(_ rest: inout Substring, until isEnd: (Character) -> Bool) -> String? {
        var word = ""
        while let next = rest.first, !isEnd(next) {
            rest = rest.dropFirst()
            guard next == "\\" else {
                word.append(next)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            switch escaped {
            case "\"", "'", "\\": word.append(escaped)
            case "t": word.append("\t")
            case "r": word.append("\r")
            case "n": word.append("\n")
            default: word += "\\\(escaped)"
            }
        }
        return word
    }
}
