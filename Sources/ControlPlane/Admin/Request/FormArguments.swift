// The arguments of a query string or an urlencoded body in the order they were sent, decoded but not
// yet nested. Kong reads at most a hundred of them.

struct FormArguments: Sendable, Equatable {
    /// Kong reads no more than this many query arguments, and as many of a form.
    static let limit = 100

    var items: [FormArgument]

    init(_ items: [FormArgument]) {
        self.items = items
    }

    /// Decodes `a=1&b=2`.
    init(encoded text: some StringProtocol) {
        items = []
        for pair in text.split(separator: "&", maxSplits: Self.limit).prefix(Self.limit) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentDecoding.decode(parts[0])
            guard !name.isEmpty else { continue }
            items.append(FormArgument(name: name, value: parts.count > 1 ? PercentDecoding.decode(parts[1]) : nil))
        }
    }

    /// The first value of an argument; nil where there is none.
    func first(_ name: String) -> FormArgument? {
        items.first { $0.name == name }
    }
}
