// A Swift file of the repository, read for the rules of this folder.

struct SourceFile: Sendable {
    struct Line: Sendable {
        let number: Int
        let text: Substring
    }

    /// From the root of the repository: "Sources/Wire/Ascii.swift".
    let path: String
    let text: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The target it belongs to: "Wire" of "Sources/Wire/Ascii.swift".
    var target: String { String(path.split(separator: "/")[1]) }

    var isTest: Bool { path.hasPrefix("Tests/") }

    /// The modules it imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count else { return nil }
            guard !line.hasPrefix(" "), !line.hasPrefix("//") else { return nil }
            let kinds = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
            let named = kinds.contains(String(words[place + 1])) ? place + 2 : place + 1
            return words[named].split(separator: ".").first.map(String.init)
        }
    }

    /// The lines of code that contain a word, without their comments: those may talk of what the code must not do.
    func code(with word: String) -> [Line] {
        guard text.mentions(word) else { return [] }
        return lines.enumerated().compactMap { place, line in
            guard line.mentions(word) else { return nil }
            let code = line.withoutComment
            return code.mentions(word) ? Line(number: place + 1, text: code) : nil
        }
    }
}

extension StringProtocol {
    /// Whether these bytes occur; many times faster than comparing characters.
    func mentions(_ word: String) -> Bool { utf8.firstRange(of: word.utf8) != nil }
}

extension Substring {
    fileprivate var withoutComment: Substring {
        guard mentions("//") else { return self }
        if drop(while: { $0 == " " }).hasPrefix("//") { return "" }
        return firstRange(of: " // ").map { self[..<$0.lowerBound] } ?? self
    }
}
