// The members of a JSON object as something that rules change. The values of rules are always texts.

import Schema

struct JSONMembers: Transformable {
    private(set) var members: JSONObject
    private(set) var isChanged = false

    init(_ members: JSONObject) {
        self.members = members
    }

    mutating func remove(_ name: RuleText) {
        if members[name.text] != nil { set(name, nil) }
    }

    mutating func rename(_ old: RuleText, to new: RuleText) {
        guard let value = members[old.text], old.text != new.text else { return }
        set(old, nil)
        set(new, value)
    }

    mutating func replace(_ name: RuleText, with value: RuleText?) {
        guard members[name.text] != nil else { return }
        set(name, value.map { .string($0.text) })
    }

    mutating func add(_ name: RuleText, _ value: RuleText) {
        if members[name.text] == nil { set(name, .string(value.text)) }
    }

    /// A text becomes a list of two, a list grows, and what can't stand in a list of texts gives way. An object has no
    /// end to append to and stays.
    mutating func append(_ name: RuleText, _ value: RuleText) {
        let new = JSON.string(value.text)
        switch members[name.text] {
        case .string(let text): set(name, .array([.string(text), new]))
        case .array(let items): set(name, .array(items + [new]))
        case .object: break
        case nil, .null, .bool, .number: set(name, .array([new]))
        }
    }

    private mutating func set(_ name: RuleText, _ value: JSON?) {
        members[name.text] = value
        isChanged = true
    }
}
