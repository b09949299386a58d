// Reads the syntax of kong.conf and .kong_env into keys and raw values. What the keys mean is not its business.

/// The `key = value` lines of a configuration file.
package struct ConfFile: Sendable {
    /// The last value of each key.
    package private(set) var values: [String: RawValue] = [:]

    package init(_ text: String) {
        for line in Self.logicalLines(text) {
            if line.first == "[" { return }  // what follows a section belongs to it, and no property lies in one
            guard line.first != "#", line.first != ";", let equals = line.firstIndex(of: "=") else { continue }
            let key = Self.normalized(line[..<equals].trimmed)
            values[key] = RawValue(inFile: line[line.index(after: equals)...].trimmed)
        }
    }

    /// The lines without blanks at their ends; a line that ends in a backslash goes on in the next one.
    private static func logicalLines(_ text: String) -> [String] {
        var lines: [String] = []
        var continued: String?
        let body = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        for line in body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let trimmed = line.trimmed
            let isComment = continued == nil && (trimmed.first == "#" || trimmed.first == ";")
            if trimmed.last == "\\", !isComment {
                continued = (continued ?? "") + trimmed.dropLast()
            } else {
                lines.append((continued ?? "") + trimmed)
                continued = nil
            }
        }
        if let continued { lines.append(continued) }
        return lines
    }

    /// Every character of a key that is neither letter nor digit counts as an underscore.
    private static func normalized(_ key: String) -> String {
        String(key.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
