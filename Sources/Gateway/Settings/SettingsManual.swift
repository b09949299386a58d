// The manual page kong.conf(5), derived from the declarations of the properties like the other documents about them.

extension Property {
    /// The page as roff source with the macros of man(7). Printed by `kong docs man`.
    package static var manual: String {
        var text = """
            .TH KONG.CONF 5 2026-11-24 "Gibbon" "File formats"
            .ad l
            .SH NAME
            kong.conf \\- settings of the API gateway
            .SH SYNOPSIS
            .I \(roff(SettingsLoader.searchPaths[0]))
            .SH DESCRIPTION
            The file that \\fBkong start \\-c\\fR is given.
            Without \\fB\\-c\\fR the first of these is read:
            \(SettingsLoader.searchPaths.map { "\\fI\(roff($0))\\fR" }.joined(separator: ", ")).
            .PP
            Each line is \\fIname\\fR = \\fIvalue\\fR; a # begins a comment,
            and \\e# stands for the sign.
            Lists are separated by commas; booleans are \\fBon\\fR or \\fBoff\\fR.
            Every property can also be set by an environment variable, which wins over
            the file: \\fBKONG_LOG_LEVEL\\fR for \\fBlog_level\\fR.

            """
        for section in sections {
            text += ".SH \(roff(section.title.uppercased()))\n"
            text += section.properties.map(\.manualEntry).joined()
        }
        return text + """
            .SH FILES
            .TP
            .I /etc/kong/kong.conf.default
            Every property as a comment with its default.
            .TP
            .I PREFIX/.kong_env
            The settings that the node in a prefix was started or reloaded with.
            .SH SEE ALSO
            .BR kong (1)
            """
    }

    private var manualEntry: String {
        var sentences = doc
        if case .inert(let reason) = meaning { sentences += " Accepted without effect: \(reason)." }
        if isSensitive { sentences += " Never shown in output." }
        let value = standard.map { $0.isEmpty ? " =" : " = \(Self.roff($0, breaksAtColons: true))" } ?? ""
        return ".TP\n\\fB\(Self.roff(name))\\fR\(value)\n\(Self.filled(sentences))\n"
    }

    /// Sentences as roff likes to be given them: in lines of at most 80 signs.
    private static func filled(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ").map({ roff(String($0)) }) {
            if let last = lines.last, last.count + 1 + word.count <= 80 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(word)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Text with what roff would take for its own made plain: backslashes, hyphens that could be broken or set as
    /// dashes, and the signs that begin a request at the start of a line.
    private static func roff(_ text: String, breaksAtColons: Bool = false) -> String {
        var plain = ""
        for sign in text {
            switch sign {
            case "\\": plain += "\\e"
            case "-": plain += "\\-"
            case ":" where breaksAtColons: plain += ":\\:"
            default: plain.append(sign)
            }
        }
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}
