// Formats of the access logs: `nginx_http_log_format` declares one, and a log names it behind its path, as in
// `proxy_access_log = logs/access.log mine`.

import DataPlane

extension Settings {
    /// The format that a log names; nil for nginx's own.
    ///
    /// - Parameter property: `proxy_access_log` or `admin_access_log`.
    func accessFormat(_ property: String) throws(LogFormat.Fault) -> LogFormat? {
        let words = (text(property) ?? "").split(separator: " ").dropFirst()
        guard words.count <= 1 else {
            throw LogFormat.Fault(text: "invalid parameter \"\(words.last ?? "")\" in \(property)")
        }
        guard let name = words.first, name != "combined" else { return nil }
        guard let declared = try declaredFormat(), declared.name == name else {
            throw LogFormat.Fault(text: "unknown log format \"\(name)\" in \(property)")
        }
        return declared.format
    }

    /// Why nginx would not start with the formats; nil when it would.
    var accessFormatFault: String? {
        do throws(LogFormat.Fault) {
            _ = try declaredFormat()
            for property in ["proxy_access_log", "admin_access_log"] { _ = try accessFormat(property) }
            return nil
        } catch {
            return error.text
        }
    }

    /// `NAME [escape=default|json|none] 'TEXT' ...`
    private func declaredFormat() throws(LogFormat.Fault) -> (name: String, format: LogFormat)? {
        guard let value = directive("log_format", in: .http) else { return nil }
        let property = "nginx_http_log_format"
        guard var words = NginxWords.split(value), words.count >= 2 else {
            throw LogFormat.Fault(text: "invalid number of arguments in \(property)")
        }
        let name = words.removeFirst()
        var escape = LogFormat.Escape.standard
        if words[0].hasPrefix("escape=") {
            let word = words.removeFirst()
            guard let known = LogFormat.Escape(rawValue: String(word.dropFirst(7))), !words.isEmpty else {
                throw LogFormat.Fault(text: "unknown log format escaping \"\(word)\" in \(property)")
            }
            escape = known
        }
        do throws(LogFormat.Fault) {
            return (name, try LogFormat(words.joined(), escape: escape))
        } catch {
            throw LogFormat.Fault(text: "\(error.text) in \(property)")
        }
    }
}

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
