// The steps that the name of a form field takes through nested values.
// `a.b[1][]` is the member a, its member b, there the first element, and in that the next free place.

/// One step from a form's root towards a value.
enum FormStep: Sendable, Equatable {
    case member(String)
    /// A place in a list, counted from 1.
    case element(Int)
    /// The next free place in a list: `[]`.
    case append
}
