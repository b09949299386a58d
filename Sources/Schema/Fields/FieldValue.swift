// The Swift types a declared property may have, and how each reads from and writes to JSON. The type of a property
// is the type of its field, so nothing has to be said twice.

/// A Swift type that a field of a record can have.
package protocol FieldValue: Sendable {
    /// The field type that stands for this Swift type.
    static var kind: Kind { get }
    /// Whether null is a value of the type.
    static var isNullable: Bool { get }
    /// The checks that come with the Swift type itself.
    static var impliedTraits: [Trait] { get }
    /// The type of a field that holds this value at first: records take their members' defaults from it.
    var kind: Kind { get }

    /// Nil when `json` is not a value of the type. Validated values always are, except for null.
    init?(json: JSON)
    var json: JSON { get }
}

extension FieldValue {
    package static var isNullable: Bool { false }
    package static var impliedTraits: [Trait] { [] }
    package var kind: Kind { Self.kind }
}

extension String: FieldValue {
    package static var kind: Kind { .string }
    package init?(json: JSON) {
        guard let text = json.string else { return nil }
        self = text
    }
    package var json: JSON { .string(self) }
}

extension Int: FieldValue {
    package static var kind: Kind { .integer }
    package init?(json: JSON) {
        guard let number = json.integer else { return nil }
        self = number
    }
    package var json: JSON { .number(Double(self)) }
}

extension Double: FieldValue {
    package static var kind: Kind { .number }
    package init?(json: JSON) {
        guard let number = json.number else { return nil }
        self = number
    }
    package var json: JSON { .number(self) }
}

extension Bool: FieldValue {
    package static var kind: Kind { .boolean }
    package init?(json: JSON) {
        guard let value = json.bool else { return nil }
        self = value
    }
    package var json: JSON { .bool(self) }
}

extension Optional: FieldValue where Wrapped: FieldValue {
    package static var kind: Kind { Wrapped.kind }
    package static var isNullable: Bool { true }
    package static var impliedTraits: [Trait] { Wrapped.impliedTraits }
    package var kind: Kind { self?.kind ?? Wrapped.kind }
    package init?(json: JSON) {
        if json.isNull {
            self = .none
        } else {
            guard let value = Wrapped(json: json) else { return nil }
            self = .some(value)
        }
    }
    package var json: JSON { self?.json ?? .null }
}

extension Array: FieldValue where Element: FieldValue {
    package static var kind: Kind { .array(FieldSpec(name: "", kind: Element.kind, traits: Element.impliedTraits)) }
    package init?(json: JSON) {
        guard let items = json.array else { return nil }
        self = items.compactMap(Element.init(json:))
    }
    package var json: JSON { .array(map(\.json)) }
}

extension Dictionary: FieldValue where Key == String, Value: FieldValue {
    package static var kind: Kind {
        .map(
            keys: FieldSpec(name: "", kind: .string),
            values: FieldSpec(name: "", kind: Value.kind, traits: Value.impliedTraits))
    }
    package init?(json: JSON) {
        guard let members = json.object else { return nil }
        self = [:]
        for (key, value) in members { self[key] = Value(json: value) }
    }
    package var json: JSON {
        .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
    }
}
