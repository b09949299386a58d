// One check of a value. Kong runs the checks of a field in a fixed order and reports the first that fails, so a rule
// knows its place; and it shows most of them in schema documents, so a rule knows how it is written there.

/// A check of a non-null value of the right type.
package struct Rule: Sendable {
    /// The places, in the order the checks run. A field has one rule of each sort, and any number of custom ones.
    package enum Order: Int, Sendable, Comparable {
        case equals, differs, oneOf, greaterThan, timestamp, uuid, regex, between
        case lengthEquals, lengthAtLeast, lengthAtMost, startsWith, matches, contains, custom

        package static func < (one: Order, other: Order) -> Bool { one.rawValue < other.rawValue }
    }

    package let order: Order
    /// The name and value of the rule in schema documents; nil when it is not shown.
    package let document: (name: String, value: JSON)?
    /// Returns the error text, or nil when the value is fine.
    package let check: @Sendable (JSON, ValidationContext) -> String?

    package init(
        _ order: Order, document: (name: String, value: JSON)? = nil,
        check: @escaping @Sendable (JSON, ValidationContext) -> String?
    ) {
        self.order = order
        self.document = document
        self.check = check
    }
}

extension Rule {
    /// Nothing but null will do.
    var demandsNull: Bool { order == .equals && document?.value == .null }

    /// Texts are never empty unless a declaration says otherwise; Kong does not show this rule.
    static let impliedLength = Rule(.lengthAtLeast) { value, _ in
        value.length < 1 ? "length must be at least 1" : nil
    }
}

extension JSON {
    /// Bytes of a text, elements of a list, members of an object.
    var length: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .array(let items): items.count
        case .object(let members): members.count
        case .null, .bool, .number: 0
        }
    }

    /// The value inside an error text: numbers without needless digits, texts without quotes.
    package var errorText: String {
        switch self {
        case .string(let text): text
        case .number(let number): number.luaText
        default: text
        }
    }
}
