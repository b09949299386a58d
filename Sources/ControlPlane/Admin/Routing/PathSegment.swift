// One segment of a request's path. The raw form goes back into the `next` links of nested lists, the
// decoded one names an entity.

struct PathSegment: Sendable, Equatable {
    let raw: String
    let decoded: String

    init(_ raw: some StringProtocol) {
        self.raw = String(raw)
        decoded = PercentDecoding.decode(raw)
    }
}
