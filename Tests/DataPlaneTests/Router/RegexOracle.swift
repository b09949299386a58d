// What the regexes of the random tests match, known without a regex engine.

struct RegexOracle: Sendable {
    /// By pattern: how many bytes of a path it matches from the start, or nil.
    let matchers: [String: @Sendable (String) -> Int?]

    func matches(_ pattern: String, _ path: String) -> Bool {
        matchers[pattern]?(path) != nil
    }

    func end(_ pattern: String, _ path: String) -> Int? {
        matchers[pattern]?(path)
    }

    /// `/users/\d+` and so on: literal text, then a run of some characters, then more literal text.
    static func run(
        _ head: String, _ isMember: @escaping @Sendable (Character) -> Bool, _ tail: String = ""
    ) -> @Sendable (String) -> Int? {
        { path in
            guard path.hasPrefix(head) else { return nil }
            let run = path.dropFirst(head.count).prefix(while: isMember)
            guard !run.isEmpty, path.dropFirst(head.count + run.count).hasPrefix(tail) else { return nil }
            return head.utf8.count + run.utf8.count + tail.utf8.count
        }
    }

    /// Some patterns of every kind, and many that share a literal prefix and differ behind the first group.
    static let standard = RegexOracle(
        matchers: (0..<40).reduce(into: few) { all, number in
            all["/n/\\d+/item\(number)"] = run("/n/", { $0.isNumber }, "/item\(number)")
        })

    static let few: [String: @Sendable (String) -> Int?] = [
        "/a/\\d+": run("/a/", { $0.isNumber }),
        "/users/[a-z]+": run("/users/", { ("a"..."z").contains($0) }),
        "/users/(?<id>\\w+)/posts": run("/users/", { $0.isLetter || $0.isNumber || $0 == "_" }, "/posts"),
        "/a/b$": { $0 == "/a/b" ? 4 : nil },
        "/(a|b)/c": { $0.hasPrefix("/a/c") || $0.hasPrefix("/b/c") ? 4 : nil },
        "/b/.*": { $0.hasPrefix("/b/") ? $0.utf8.count : nil },
        "/x?a": { $0.hasPrefix("/xa") ? 3 : $0.hasPrefix("/a") ? 2 : nil },
        "/|/a": { $0.hasPrefix("/") ? 1 : nil },
        "/n/[a-z]+(/|$)?": { path in
            guard let end = run("/n/", { ("a"..."z").contains($0) })(path) else { return nil }
            return path.utf8.dropFirst(end).first == UInt8(ascii: "/") ? end + 1 : end
        },
    ]
}
