// Checks across the fields of a record. Fields may be paths ("config.policy") for the checks that a plugin's
// declaration adds to the plugins entity.

/// A check of several fields together. Its error goes to "@entity".
package enum EntityCheck: Sendable {
    case atLeastOneOf([String])
    /// Exactly one: none is an error as well.
    case onlyOneOf([String])
    case distinct([String])
    case conditional(Conditional)
    case conditionalAtLeastOneOf(ConditionalChoice)
    case custom(Custom)

    /// When `field` has a value that fulfils `matches`, the value of `then` must fulfil `demands`.
    package struct Conditional: Sendable {
        package let field: String
        package let matches: [Trait]
        package let then: String
        package let demands: [Trait]
        /// In place of "failed conditional validation given value of field '...'".
        package let error: String?
    }

    /// When `field` fulfils `matches`, one of `choices` must be non-empty.
    package struct ConditionalChoice: Sendable {
        package let field: String
        package let matches: [Trait]
        package let choices: [String]
        package let error: String
    }

    /// Runs only when none of `fields` is in error already.
    package struct Custom: Sendable {
        package let fields: [String]
        package let check: @Sendable (Row, ValidationContext) -> String?
    }

    package static func conditional(
        if field: String, _ matches: Trait..., then: String, _ demands: Trait..., error: String? = nil
    ) -> EntityCheck {
        .conditional(Conditional(field: field, matches: matches, then: then, demands: demands, error: error))
    }

    package static func conditionalAtLeastOneOf(
        if field: String, _ matches: Trait..., then choices: [String], error: String
    ) -> EntityCheck {
        .conditionalAtLeastOneOf(
            ConditionalChoice(field: field, matches: matches, choices: choices, error: error))
    }

    package static func custom(
        _ fields: [String], _ check: @escaping @Sendable (Row, ValidationContext) -> String?
    ) -> EntityCheck {
        .custom(Custom(fields: fields, check: check))
    }
}
