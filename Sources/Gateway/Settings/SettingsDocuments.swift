// The texts for people that are derived from the declarations of the properties.

extension Property {
    /// kong.conf.default: every property as a comment with its default.
    package static var confDefault: String {
        var text = """
            # The settings of the gateway. Every property stands here with its default; take away the '#' before one
            # to change it. Each can also be set by an environment variable: KONG_LOG_LEVEL for log_level.
            #
            # Lists are separated by commas. Booleans are on or off. A '#' begins a comment; write \\# for the sign.

            """
        for section in sections {
            let rule = String(repeating: "-", count: 78)
            text += "\n#\(rule)\n# \(section.title.uppercased())\n#\(rule)\n\n"
            text += section.properties.map(\.confLines).joined(separator: "\n")
        }
        return String(text.dropLast())
    }

    private var confLines: String {
        var sentences = doc
        if case .inert(let reason) = meaning { sentences += " Accepted without effect: \(reason)." }
        let head = "#\(name) =" + (standard.map { $0.isEmpty ? "" : " \($0)" } ?? "")
        return "\(head)\n" + Self.wrapped(sentences, width: 74).map { "#   \($0)\n" }.joined()
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// docs/reference/settings.md. Printed by `kong docs settings`; a test keeps the file equal.
    package static var reference: String {
        var text = """
            # Settings

            The properties of kong.conf, generated from their declarations by `kong docs settings`. Each can be set in
            the file as `name = value` or by the environment variable `KONG_NAME`. The file is the one that `-c` names,
            else `\(SettingsLoader.searchPaths.joined(separator: "`, else `"))`.

            """
        for section in sections {
            text += "\n## \(section.title)\n\n| property | kind | default | |\n|---|---|---|---|\n"
            text += section.properties.map(\.referenceRow).joined()
        }
        text += """

            ## Directives for nginx

            Properties of the form \(Directive.Block.allCases.map { "`\($0.rawValue)*`" }.joined(separator: ", ")) are
            accepted and kept, as in Kong, where each adds a directive to nginx's configuration. There is no nginx here:
            these directives work, each other one is named in a warning at the start and has no effect.

            | directive | properties | |
            |---|---|---|

            """
        return text + KnownDirective.all.map(\.referenceRow).joined()
    }

    private var referenceRow: String {
        let shown = standard.map { $0.isEmpty ? "" : "`\($0)`" } ?? "unset"
        var sentences = doc
        if case .inert(let reason) = meaning { sentences += " *Accepted without effect: \(reason).*" }
        if isSensitive { sentences += " Never shown in output." }
        return "| `\(name)` | \(kind.name) | \(shown) | \(sentences) |\n"
    }
}

extension KnownDirective {
    fileprivate var referenceRow: String {
        "| `\(name)` | \(blocks.map { "`\($0.rawValue)\(name)`" }.joined(separator: ", ")) | \(doc) |\n"
    }
}

extension Property.Kind {
    /// How the reference page names the kind.
    fileprivate var name: String {
        switch self {
        case .text: "text"
        case .number: "number"
        case .boolean, .onOff: "on or off"
        case .list: "list"
        case .choice(let values, let also): (values + also).map { "`\($0)`" }.joined(separator: ", ")
        }
    }
}
