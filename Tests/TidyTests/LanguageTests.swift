// What the code must not do, wherever it stands.

import RegexBuilder
import Testing

struct LanguageTests {
    /// The rules themselves speak of what they refuse.
    private static let judged = Repository.swiftFiles.filter { $0.target != "TidyTests" }

    @Test func `every file begins with a comment that says what it is`() {
        for file in Repository.swiftFiles {
            let isIntroduced = file.text.hasPrefix("// ")
            #expect(isIntroduced, "\(file.path)")
        }
    }

    @Test func `errors are handled, not assumed away`() {
        refuse(["try!"])
    }

    @Test func `who ends the process says why`() {
        refuse(["fatalError()", "preconditionFailure()"])
    }

    @Test func `only the console of the command line prints`() {
        for file in Self.judged where file.path != "Sources/Gateway/Command/Console.swift" {
            for word in ["print(", "debugPrint("] {
                for line in file.code(with: word) where line.text.contains(/(?:^|[^.\w])(?:debugPrint|print)\(/) {
                    Issue.record("\(file.path):\(line.number): \(line.text)")
                }
            }
        }
    }

    /// What is started outside a task without a priority gets that of a user's own action, before the event loops.
    @Test func `tasks say their priority`() {
        for file in Repository.sources {
            for word in ["Task {", "Task.detached {"] {
                for line in file.code(with: word) { Issue.record("\(file.path):\(line.number): \(line.text)") }
            }
        }
    }

    @Test func `nothing is left to be done`() {
        for file in Self.judged {
            for word in ["TODO", "FIXME", "XXX:"] {
                #expect(!file.text.mentions(word), "\(file.path)")
            }
        }
    }

    @Test func `names say what a thing does`() {
        for file in Self.judged {
            for word in ["Manager", "Helper", "Util", "Impl"] {
                let named = Regex<Substring>.declared(word)
                for line in file.code(with: word) where line.text.contains(named) {
                    Issue.record("\(file.path):\(line.number): \(line.text)")
                }
            }
        }
    }

    @Test func `unsafe memory is touched in few files, all known`() {
        let words = ["Unsafe", "unsafe", "@unchecked"]
        let paths = Set(
            Self.judged.filter { file in words.contains { !file.code(with: $0).isEmpty } }.map(\.path))
        #expect(paths.subtracting(Exceptions.unsafe).sorted() == [], "not in the list of exceptions")
        #expect(Exceptions.unsafe.subtracting(paths).sorted() == [], "need no exception any more")
    }

    private func refuse(_ words: [String]) {
        for file in Self.judged {
            for word in words {
                for line in file.code(with: word) {
                    Issue.record("\(file.path):\(line.number): \(line.text)")
                }
            }
        }
    }
}

extension Regex<Substring> {
    /// The declaration of a type whose name ends with that word.
    fileprivate static func declared(_ word: String) -> Regex<Substring> {
        Regex {
            /\b(?:class|struct|enum|actor|protocol) \w*/
            word
            /s?\b/
        }
    }
}
