// A field of a record, erased: everything the validator, the stores, the Admin API, declarative files and the
// reference need to know of it, as one plain value derived from the typed declaration.

/// One field of a record, or the elements of a list or map (then `name` is empty).
package struct FieldSpec: Sendable {
    package let name: String
    package var kind: Kind
    /// Null and absence are refused. A required record is made of its members' defaults when absent.
    package var isRequired = false
    /// The value of an absent field; an explicit null stays null.
    package var defaultValue: JSON?
    /// The checks, in the order Kong runs them; the first that fails is the field's error.
    package private(set) var rules: [Rule] = []
    package var auto: AutoValue?
    package var isPrimaryKey = false
    package var isUnique = false
    /// An empty text counts as null: fields that older versions of Kong stored that way.
    package var isLegacy = false
    /// Brings a valid value into the form it is stored in (e.g. a target without a port gets one).
    package var normalize: (@Sendable (JSON) -> JSON)?
    package var doc = ""

    package init(name: String, kind: Kind, traits: [Trait] = []) {
        self.name = name
        self.kind = kind
        if case .string = kind { add(.impliedLength) }
        for trait in traits { trait.apply(&self) }
    }

    /// Adds a rule at its place; a rule of the same sort that was there is replaced, except for custom ones.
    package mutating func add(_ rule: Rule) {
        if rule.order != .custom { rules.removeAll { $0.order == rule.order } }
        let place = rules.firstIndex { $0.order > rule.order } ?? rules.endIndex
        rules.insert(rule, at: place)
    }

    /// The same field with further traits on top.
    package func adding(_ traits: [Trait]) -> FieldSpec {
        var spec = self
        for trait in traits { trait.apply(&spec) }
        return spec
    }
}

/// A value the node makes up.
package enum AutoValue: Sendable {
    /// A random UUID (version 4) when absent.
    case id
    /// The time of creation when absent or null: epoch seconds, with milliseconds for `number` fields.
    case createdAt
    /// The time of the last change, always overwritten.
    case updatedAt
    /// A random text of 32 letters and digits when absent.
    case token
}
