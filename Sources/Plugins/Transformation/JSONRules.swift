// The rules of the transforming plugins for JSON bodies. A body is read once: members that no rule names are written
// again at once, those that some rule names wait in slots until the rules have had their say.

import PluginKit
import Schema
import Wire

/// Rules for the members of a JSON object, ready to be applied.
struct JSONRules: Sendable {
    /// In which the two plugins differ.
    enum Dialect: Sendable {
        case request
        case response
    }

    private enum Step: Sendable {
        case remove(Int)
        case rename(Int, to: Int)
        case replace(Int, with: [UInt8]?)
        case add(Int, [UInt8]?)
        case append(Int, [UInt8]?)
    }

    private let dialect: Dialect
    private var names: [[UInt8]] = []
    private var slots: [[UInt8]: Int] = [:]
    private var steps: [Step] = []

    var isEmpty: Bool { steps.isEmpty }

    init(
        _ dialect: Dialect, remove: [String], rename: [String] = [], replace: [String], add: [String],
        append: [String]
    ) {
        self.dialect = dialect
        for rule in remove.map({ NamedRule($0) }) { steps.append(.remove(slot(rule.name.bytes))) }
        for rule in rename.map({ NamedRule($0) }) {
            guard let new = rule.value else { continue }
            steps.append(.rename(slot(rule.name.bytes), to: slot(new.bytes)))
        }
        for rule in replace.map({ NamedRule($0) }) {
            steps.append(.replace(slot(rule.name.bytes), with: text(rule.value)))
        }
        for rule in add.map({ NamedRule($0) }) { steps.append(.add(slot(rule.name.bytes), text(rule.value))) }
        for rule in append.map({ NamedRule($0) }) { steps.append(.append(slot(rule.name.bytes), text(rule.value))) }
    }

    private mutating func slot(_ name: [UInt8]) -> Int {
        if let known = slots[name] { return known }
        slots[name] = names.count
        names.append(name)
        return names.count - 1
    }

    /// A rule's value as JSON. For answers Kong encodes it twice and takes back only what that does to quotes and
    /// slashes; without one, its encoder's `null` is the text.
    private func text(_ value: RuleText?) -> [UInt8]? {
        guard dialect == .response else { return value.map { Self.quoted($0.bytes) } }
        var once: [UInt8] = []
        for byte in value?.bytes ?? Array("null".utf8) {
            if byte == UInt8(ascii: "\"") || byte == Ascii.slash {
                once.append(byte)
            } else {
                once += Self.quoted([byte]).dropFirst().dropLast()
            }
        }
        return Self.quoted(once)
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var quoted: [UInt8] = []
        JSONRewriter.write(text.span, to: &quoted)
        return quoted
    }

    // MARK: - Applying

    /// The body with the rules applied; nil when it stays as it is: when it is neither an object nor a list, and for
    /// requests also when no rule had anything to do.
    func apply(to body: [UInt8]) -> [UInt8]? {
        guard !body.isEmpty else { return dialect == .request ? applyToNothing() : nil }
        guard var document = JSONDocument(body, slots, count: names.count, keepsEmptyLists: dialect == .request) else {
            return nil
        }
        let isChanged = run(&document.slots, from: 0)
        guard isChanged || dialect == .response else { return nil }
        return document.bytes(names: names, listsKeepNames: dialect == .response)
    }

    /// Of a request without a body: there is nothing yet to take out or to change.
    private func applyToNothing() -> [UInt8]? {
        let first = steps.firstIndex { step in
            switch step {
            case .add, .append: true
            case .remove, .rename, .replace: false
            }
        }
        guard let first else { return nil }
        var document = JSONDocument(count: names.count)
        return run(&document.slots, from: first) ? document.bytes(names: names, listsKeepNames: true) : nil
    }

    /// Returns whether any rule had something to do.
    private func run(_ members: inout [JSONMember?], from first: Int) -> Bool {
        var isChanged = false
        for step in steps[first...] where run(step, &members) { isChanged = true }
        return isChanged
    }

    private func run(_ step: Step, _ members: inout [JSONMember?]) -> Bool {
        switch step {
        case .remove(let slot):
            guard members[slot] != nil else { return false }
            members[slot] = nil
        case .rename(let old, let new):
            guard let member = members[old] else { return false }
            members[new] = member
            members[old] = nil
        case .replace(let slot, let text):
            guard let member = members[slot], dialect == .request || !member.isFalse else { return false }
            members[slot] = text.map { JSONMember(text: $0) }
        case .add(let slot, let text):
            if let member = members[slot], dialect == .request || !member.isFalse { return false }
            members[slot] = text.map { JSONMember(text: $0) }
        case .append(let slot, let text):
            members[slot] = JSONMember.appending(text, to: members[slot], keepsScalars: dialect == .request)
        }
        return true
    }
}
