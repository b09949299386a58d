// The text that a path must contain for a regex to match, read off the pattern. It decides which regexes are run at
// all, so it errs on one side only: where a construct is not understood, nothing is claimed.

struct PatternLiterals {
    /// What every matching path begins with.
    private(set) var prefix: [UInt8] = []
    /// Texts that every matching path contains after it.
    private(set) var inner: [[UInt8]] = []

    private let pattern: [UInt8]
    private var position = 0
    private var run: [UInt8] = []
    private var isAtStart = true
    private var isUnderstood = true

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        while position < pattern.count && isUnderstood { readAtom() }
        endRun()
        if !isUnderstood { (prefix, inner) = ([], []) }
    }

    private mutating func readAtom() {
        let byte = pattern[position]
        switch byte {
        case UInt8(ascii: "("): skipGroup()
        case UInt8(ascii: "["): skipClass()
        case UInt8(ascii: "|"), UInt8(ascii: ")"): isUnderstood = false
        case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"):
            position += 1
            endRun()
            _ = skipQuantifier()
        case UInt8(ascii: "\\"): readEscape()
        default:
            position += 1
            readLiteral(byte)
        }
    }

    private mutating func readLiteral(_ byte: UInt8) {
        run.append(byte)
        switch skipQuantifier() {
        case .none: break
        case .atLeastOnce: endRun()
        case .perhaps:
            run.removeLast()
            endRun()
        }
    }

    private mutating func endRun() {
        if isAtStart {
            prefix = run
            isAtStart = false
        } else if !run.isEmpty {
            inner.append(run)
        }
        run = []
    }

    private mutating func readEscape() {
        guard position + 1 < pattern.count else {
            isUnderstood = false
            return
        }
        let byte = pattern[position + 1]
        position += 2
        if "dDwWsShHvVRbBAzZGnrtfea".utf8.contains(byte) {
            endRun()
            _ = skipQuantifier()
        } else if Self.isWord(byte) || byte >= 0x80 {
            // Back references, \x41, \Q..\E, \K and the like.
            isUnderstood = false
        } else {
            readLiteral(byte)
        }
    }

    /// Groups are left out whole: what they match may be optional or one of several.
    private mutating func skipGroup() {
        endRun()
        var depth = 0
        repeat {
            guard isUnderstood, position < pattern.count else {
                isUnderstood = false
                return
            }
            switch pattern[position] {
            case UInt8(ascii: "("):
                depth += 1
                enterGroup()
            case UInt8(ascii: ")"):
                depth -= 1
                position += 1
            case UInt8(ascii: "["): skipBrackets()
            case UInt8(ascii: "\\"): skipEscapeInGroup()
            default: position += 1
            }
        } while depth > 0
        _ = skipQuantifier()
    }

    /// Verbs, comments, conditions and option settings such as `(?i)` change how the rest is read.
    private mutating func enterGroup() {
        position += 1
        guard position < pattern.count else { return }
        if pattern[position] == UInt8(ascii: "*") { isUnderstood = false }
        guard pattern[position] == UInt8(ascii: "?") else { return }
        position += 1
        guard position < pattern.count, ":<=!P'>|".utf8.contains(pattern[position]) else {
            isUnderstood = false
            return
        }
        position += 1
    }

    private mutating func skipEscapeInGroup() {
        guard position + 1 < pattern.count, pattern[position + 1] != UInt8(ascii: "Q") else {
            isUnderstood = false
            return
        }
        position += 2
    }

    private mutating func skipClass() {
        endRun()
        skipBrackets()
        _ = skipQuantifier()
    }

    private mutating func skipBrackets() {
        position += 1
        if position < pattern.count, pattern[position] == UInt8(ascii: "^") { position += 1 }
        // A bracket in the first place is a member of the class.
        if position < pattern.count, pattern[position] == UInt8(ascii: "]") { position += 1 }
        while position < pattern.count, pattern[position] != UInt8(ascii: "]") {
            switch pattern[position] {
            case UInt8(ascii: "\\"): skipEscapeInGroup()
            case UInt8(ascii: "["): skipPosixName()
            default: position += 1
            }
            if !isUnderstood { return }
        }
        position += 1
    }

    /// `[:alpha:]` has a bracket that does not end the class.
    private mutating func skipPosixName() {
        position += 1
        guard position < pattern.count, ":.=".utf8.contains(pattern[position]) else { return }
        let mark = pattern[position]
        var end = position + 1
        while end < pattern.count, Self.isWord(pattern[end]) || pattern[end] == UInt8(ascii: "^") { end += 1 }
        if end + 1 < pattern.count, pattern[end] == mark, pattern[end + 1] == UInt8(ascii: "]") { position = end + 2 }
    }

    private enum Quantifier {
        case none, atLeastOnce, perhaps
    }

    private mutating func skipQuantifier() -> Quantifier {
        guard position < pattern.count else { return .none }
        var found = Quantifier.perhaps
        switch pattern[position] {
        case UInt8(ascii: "*"), UInt8(ascii: "?"): position += 1
        case UInt8(ascii: "+"):
            position += 1
            found = .atLeastOnce
        case UInt8(ascii: "{"):
            guard let end = endOfBraces() else { return .none }
            position = end
        default: return .none
        }
        // Lazy and possessive marks.
        if position < pattern.count, "?+".utf8.contains(pattern[position]) { position += 1 }
        return found
    }

    /// `{2}`, `{2,}`, `{2,3}` and, in newer versions, `{,3}` are quantifiers; any other brace is a brace.
    private func endOfBraces() -> Int? {
        var end = position + 1
        while end < pattern.count, "0123456789, ".utf8.contains(pattern[end]) { end += 1 }
        return end > position + 1 && end < pattern.count && pattern[end] == UInt8(ascii: "}") ? end + 1 : nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
