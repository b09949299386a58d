// The name of a form field taken apart: dots go down into objects, brackets into lists.
// `healthchecks.active.http_statuses[]` and `hosts[1]` are what Kong's users write.

enum FormName {
    /// A name of more steps than this is taken literally; no schema nests so deep and recursion stays bounded.
    static let depthLimit = 32

    /// The steps a name stands for. A name that begins or ends with a dot, or has two in a row, is a plain name.
    static func steps(of name: String) -> [FormStep] {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard !parts.contains(where: \.isEmpty) else { return [.member(name)] }
        let steps = parts.flatMap(steps(ofPart:))
        return steps.count > depthLimit ? [.member(name)] : steps
    }

    /// `hosts[1][]` becomes hosts, 1, append; brackets that hold something else than digits stay in the name.
    private static func steps(ofPart part: Substring) -> [FormStep] {
        var rest = part
        var places: [FormStep] = []
        while rest.hasSuffix("]"), let open = rest.lastIndex(of: "["), open > rest.startIndex,
            let place = place(rest[rest.index(after: open)...].dropLast())
        {
            places.append(place)
            rest = rest[..<open]
        }
        return [.member(String(rest))] + places.reversed()
    }

    private static func place(_ digits: Substring) -> FormStep? {
        if digits.isEmpty { return .append }
        guard digits.utf8.count <= 6, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(digits).map(FormStep.element)
    }
}
