// The checks a declaration can name, with Kong's exact error texts.

extension Trait {
    package static func equals(_ wanted: JSON) -> Trait {
        Trait(
            rule: Rule(.equals, document: ("eq", wanted)) { value, _ in
                value == wanted ? nil : "value must be \(wanted.errorText)"
            })
    }

    package static func differs(from refused: JSON) -> Trait {
        Trait(
            rule: Rule(.differs, document: ("ne", refused)) { value, _ in
                value == refused ? "value must not be \(refused.errorText)" : nil
            })
    }

    /// - Parameter others: values that are taken as well, and that neither the error nor the schema's document names.
    package static func oneOf(_ choices: [JSON], beside others: [JSON] = []) -> Trait {
        let text = "expected one of: " + choices.map(\.errorText).joined(separator: ", ")
        return Trait(
            rule: Rule(.oneOf, document: ("one_of", .array(choices))) { value, _ in
                choices.contains(value) || others.contains(value) ? nil : text
            })
    }

    package static func greaterThan(_ limit: Double) -> Trait {
        Trait(
            rule: Rule(.greaterThan, document: ("gt", .number(limit))) { value, _ in
                (value.number ?? limit) > limit ? nil : "value must be greater than \(limit.luaText)"
            })
    }

    /// Both limits included.
    package static func between(_ low: Double, _ high: Double) -> Trait {
        let document: JSON = .array([.number(low), .number(high)])
        let text = "value should be between \(low.luaText) and \(high.luaText)"
        return Trait(
            rule: Rule(.between, document: ("between", document)) { value, _ in
                guard let number = value.number, number >= low, number <= high else { return text }
                return nil
            })
    }

    /// Epoch seconds that a column of PostgreSQL can hold: up to the year 294276.
    package static let timestamp = Trait(
        rule: Rule(.timestamp, document: ("timestamp", true)) { value, _ in
            guard let number = value.number, number > 0, number < 9_224_318_016_000 else {
                return "expected a valid timestamp"
            }
            return nil
        })

    package static let uuid = Trait(
        rule: Rule(.uuid, document: ("uuid", true)) { value, _ in
            value.string.map(UUIDText.isValid) == true ? nil : "expected a valid UUID"
        })

    package static let regex = Trait(
        rule: Rule(.regex, document: ("is_regex", true)) { value, context in
            let pattern = value.string ?? ""
            return context.syntax.regexError(pattern) == nil ? nil : "not a valid regex: \(pattern)"
        })

    package static func lengthEquals(_ length: Int) -> Trait {
        Trait(
            rule: Rule(.lengthEquals, document: ("len_eq", length.json)) { value, _ in
                value.length == length ? nil : "length must be \(length)"
            })
    }

    /// `lengthAtLeast(0)` lets a text be empty.
    package static func lengthAtLeast(_ length: Int) -> Trait {
        Trait(
            rule: Rule(.lengthAtLeast, document: ("len_min", length.json)) { value, _ in
                value.length >= length ? nil : "length must be at least \(length)"
            })
    }

    package static func lengthAtMost(_ length: Int) -> Trait {
        Trait(
            rule: Rule(.lengthAtMost, document: ("len_max", length.json)) { value, _ in
                value.length <= length ? nil : "length must be at most \(length)"
            })
    }

    package static func startsWith(_ prefix: String) -> Trait {
        Trait(
            rule: Rule(.startsWith, document: ("starts_with", .string(prefix))) { value, _ in
                value.string?.hasPrefix(prefix) == true ? nil : "should start with: \(prefix)"
            })
    }

    /// - Parameters:
    ///   - pattern: The pattern as schema documents show it (Kong's are Lua patterns).
    ///   - test: What the pattern says, in Swift.
    package static func matches(_ pattern: String, _ test: @escaping @Sendable (String) -> Bool) -> Trait {
        Trait(
            rule: Rule(.matches, document: ("match", .string(pattern))) { value, _ in
                test(value.string ?? "") ? nil : "invalid value: \(value.errorText)"
            })
    }

    /// A list must have this element.
    package static func contains(_ wanted: JSON) -> Trait {
        Trait(
            rule: Rule(.contains, document: ("contains", wanted)) { value, _ in
                value.array?.contains(wanted) == true ? nil : "expected to contain: \(wanted.errorText)"
            })
    }

    /// Any check; it returns the error text. It runs after all others.
    package static func custom(_ check: @escaping @Sendable (JSON, ValidationContext) -> String?) -> Trait {
        Trait(rule: Rule(.custom, check: check))
    }

    /// A check of a text that needs nothing but the text.
    package static func text(_ check: @escaping @Sendable (String) -> String?) -> Trait {
        custom { value, _ in value.string.flatMap(check) }
    }

    /// Whatever is given is refused: the field exists, but not here.
    package static let mustBeNull = Trait(rule: Rule(.equals, document: ("eq", .null)) { _, _ in "value must be null" })
}
