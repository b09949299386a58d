// The rules of a transforming plugin for one part of a message, taken apart once, and the order in which they are
// applied: remove, rename, replace, add, append.

import PluginKit

/// A name or value of a rule in the forms in which the parts of a message need it.
struct RuleText: Sendable {
    let text: String
    let bytes: [UInt8]
    let header: HeaderName

    init(_ text: some StringProtocol) {
        self.text = String(text)
        bytes = Array(text.utf8)
        header = HeaderName(self.text)
    }
}

/// One rule: `name:value`, `old:new` or a name alone.
struct NamedRule: Sendable {
    let name: RuleText
    /// nil when nothing follows the colons.
    let value: RuleText?

    /// Kong lets any number of colons separate the halves.
    init(_ text: String) {
        let end = text.firstIndex(of: ":") ?? text.endIndex
        let rest = text[end...].drop { $0 == ":" }
        name = RuleText(text[..<end])
        value = rest.isEmpty ? nil : RuleText(rest)
    }
}

/// A part of a message that rules can change.
protocol Transformable {
    mutating func remove(_ name: RuleText)
    /// Gives everything called `old` the name `new`; what had that name before is gone. Under its own name all of it
    /// goes, since Kong removes the old name last.
    mutating func rename(_ old: RuleText, to new: RuleText)
    /// Changes the value of what is there. Without a value it is removed where Kong does so.
    mutating func replace(_ name: RuleText, with value: RuleText?)
    /// Puts in what is not there.
    mutating func add(_ name: RuleText, _ value: RuleText)
    /// Puts in beside what is there.
    mutating func append(_ name: RuleText, _ value: RuleText)
}

/// All rules for one part of a message.
struct RuleSet: Sendable {
    private let removals: [RuleText]
    private let renames: [NamedRule]
    private let replacements: [NamedRule]
    private let additions: [NamedRule]
    private let appendices: [NamedRule]
    let isEmpty: Bool

    init(remove: [String], rename: [String] = [], replace: [String], add: [String], append: [String]) {
        removals = remove.map { RuleText($0) }
        renames = rename.map { NamedRule($0) }
        replacements = replace.map { NamedRule($0) }
        additions = add.map { NamedRule($0) }
        appendices = append.map { NamedRule($0) }
        isEmpty = [remove, rename, replace, add, append].allSatisfy(\.isEmpty)
    }

    func apply(to target: inout some Transformable) {
        for name in removals { target.remove(name) }
        for rule in renames {
            if let new = rule.value { target.rename(rule.name, to: new) }
        }
        for rule in replacements { target.replace(rule.name, with: rule.value) }
        for rule in additions {
            if let value = rule.value { target.add(rule.name, value) }
        }
        for rule in appendices {
            if let value = rule.value { target.append(rule.name, value) }
        }
    }
}
