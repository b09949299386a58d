// The directives that change answers on their way out, for the proxy and the Admin API each: gzip and headers. What
// the server's own block says about one replaces what the block around it says, as in nginx.

import DataPlane
import PluginKit

struct AnswerDirective: Sendable {
    let name: String
    /// One line for the reference.
    let doc: String
    /// False for words that nginx would not start with.
    let apply: @Sendable ([String], inout AnswerRules) -> Bool

    /// The server's block last: it has the last word.
    static let blocks: [Directive.Block] = [.http, .proxy, .admin]

    /// In the order of the reference page.
    static let all: [AnswerDirective] = [
        flag("gzip", "Whether answers are compressed.", \.isOn),
        AnswerDirective(
            name: "gzip_types", doc: "Types compressed besides `text/html`; `*` for all.", apply: types),
        AnswerDirective(name: "gzip_min_length", doc: "Shortest answer compressed, where its length is known.") {
            guard $0.count == 1, let bytes = Settings.bytes($0[0]) else { return false }
            $1.gzip.minimumLength = bytes
            return true
        },
        AnswerDirective(name: "gzip_comp_level", doc: "1 (fast) to 9 (small).") {
            guard $0.count == 1, let level = Int($0[0]), (1...9).contains(level) else { return false }
            $1.gzip.level = level
            return true
        },
        flag("gzip_vary", "Whether such answers have `Vary: Accept-Encoding`.", \.addsVary),
        AnswerDirective(
            name: "gzip_proxied", doc: "Which answers to requests with a `Via` header are compressed.", apply: proxied),
        AnswerDirective(name: "gzip_http_version", doc: "Oldest HTTP of clients that get gzip.") {
            guard let minor = [["1.0"]: 0, ["1.1"]: 1][$0] else { return false }
            $1.gzip.minimumMinorVersion = minor
            return true
        },
        AnswerDirective(
            name: "gzip_disable", doc: "Patterns of `User-Agent` headers of clients that get no gzip, or `msie6`.",
            apply: disabled),
        AnswerDirective(
            name: "add_header",
            doc: "A header that answers get: its name, its value with variables and, for errors too, `always`.",
            apply: addition),
        AnswerDirective(name: "proxy_hide_header", doc: "A header of upstreams that clients do not get.") {
            guard $0.count == 1 else { return false }
            $1.hidden.append(HeaderName($0[0]))
            return true
        },
    ]

    private static func flag(
        _ name: String, _ doc: String, _ flag: any WritableKeyPath<GzipRules, Bool> & Sendable
    ) -> AnswerDirective {
        AnswerDirective(name: name, doc: doc) { words, rules in
            guard words == ["on"] || words == ["off"] else { return false }
            rules.gzip[keyPath: flag] = words == ["on"]
            return true
        }
    }

    private static func types(_ words: [String], _ rules: inout AnswerRules) -> Bool {
        guard !words.isEmpty else { return false }
        if words.contains("*") { rules.gzip.types = nil }
        rules.gzip.types?.append(contentsOf: words.map { Array($0.lowercased().utf8) })
        return true
    }

    private static func proxied(_ words: [String], _ rules: inout AnswerRules) -> Bool {
        let flags = words.compactMap { GzipRules.Proxied(word: $0) }
        guard !words.isEmpty, flags.count == words.count else { return false }
        rules.gzip.proxied = GzipRules.Proxied(flags)
        return true
    }

    private static func disabled(_ words: [String], _ rules: inout AnswerRules) -> Bool {
        guard !words.isEmpty else { return false }
        for word in words {
            if word == "msie6" {
                rules.gzip.excludesOldExplorers = true
            } else if let pattern = SearchPattern("(?i)" + word) {
                rules.gzip.excluded.append(pattern)
            } else {
                return false
            }
        }
        return true
    }

    private static func addition(_ words: [String], _ rules: inout AnswerRules) -> Bool {
        guard words.count == 2 || words.count == 3 && words[2] == "always", !words[0].isEmpty,
            let value = try? LogFormat(words[1], escape: .none)
        else { return false }
        rules.additions.append(
            AnswerRules.Addition(name: HeaderName(words[0]), value: value, isForAll: words.count == 3))
        return true
    }
}

extension KnownDirective {
    /// The same as entries of the one table. They take effect by `answerRules`.
    static let answers = AnswerDirective.all.map { directive in
        KnownDirective(name: directive.name, doc: directive.doc, blocks: AnswerDirective.blocks) { value, _ in
            var scratch = AnswerRules()
            let isValid = NginxWords.split(value).map { directive.apply($0, &scratch) } ?? false
            return isValid ? .done : .invalid
        }
    }
}

extension Settings {
    /// What the directives say about the answers of one server.
    func answerRules(_ server: Directive.Block) -> AnswerRules {
        var rules = AnswerRules()
        for directive in AnswerDirective.all {
            for value in values(of: directive.name, in: server) {
                _ = directive.apply(NginxWords.split(value) ?? [], &rules)
            }
        }
        return rules
    }

    /// Every value of a directive that counts for a server: those of its own block, else those of the block around it.
    func values(of name: String, in server: Directive.Block) -> [String] {
        let all = statements.filter { $0.name == name }
        let own = all.filter { $0.block == server }
        return (own.isEmpty ? all.filter { $0.block == .http } : own).map(\.value)
    }
}
