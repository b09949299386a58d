// Finds functions by their indentation, which `swift format` guarantees: a body ends with the first brace that stands
// under the start of its declaration.

struct FunctionScan {
    struct Function: Equatable {
        let name: String
        /// From the declaration's first line to the closing brace.
        let lines: Int
    }

    static func functions(of file: SourceFile) -> [Function] {
        file.lines.indices.compactMap { start in
            guard keywords.contains(where: file.lines[start].mentions) else { return nil }
            guard let found = file.lines[start].firstMatch(of: declaration) else { return nil }
            let indent = String(found.1)
            guard let body = bodyStart(in: file.lines, from: start, indent) else { return nil }
            guard let end = file.lines[body...].firstIndex(where: { $0.hasPrefix(indent + "}") }) else { return nil }
            return Function(name: String(found.2.trimmingPrefix("func ")), lines: end - start + 1)
        }
    }

    private static let keywords = ["func ", "init", "subscript"]

    private static var declaration: Regex<(Substring, Substring, Substring)> {
        /^( *)(?:[@a-zA-Z()_]+ )*?(func (?:`[^`]+`|[^ (<]+)|init(?=[(<?])|deinit(?= )|subscript(?=[(<]))/
    }

    /// The line after the one that ends with the body's opening brace; nil for one-liners and requirements.
    private static func bodyStart(in lines: [Substring], from start: Int, _ indent: String) -> Int? {
        if lines[start].hasSuffix("{") { return start + 1 }
        let next = lines[(start + 1)...].firstIndex { !$0.isEmpty && !$0.hasPrefix(indent + " ") }
        guard let next, lines[next].hasSuffix("{") else { return nil }
        let isSignature = lines[next].hasPrefix(indent + ")") || lines[next] == indent + "{"
        return isSignature ? next + 1 : nil
    }
}
