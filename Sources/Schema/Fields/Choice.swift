// Text fields with a fixed list of values, as Swift enums.

/// An enum whose cases are all the values of a text field, in the order the error text lists them.
package protocol Choice: FieldValue, CaseIterable, RawRepresentable, Hashable where RawValue == String {}

extension Choice {
    package static var kind: Kind { .string }
    package static var impliedTraits: [Trait] { [.oneOf(allCases.map(\.json))] }

    package init?(json: JSON) {
        guard let value = json.string.flatMap(Self.init(rawValue:)) else { return nil }
        self = value
    }

    package var json: JSON { .string(rawValue) }
}
