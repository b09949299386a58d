// One argument of a query string or of an urlencoded body.
// Its value is text whatever the field it is meant for.

/// A decoded argument; a nil value is a name without an equals sign, which Kong takes for `true`.
struct FormArgument: Sendable, Equatable {
    var name: String
    var value: String?
}
