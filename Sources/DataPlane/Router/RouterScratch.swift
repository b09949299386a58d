// What the router needs to write to while it matches one request. Every event loop has one, so that a router can be
// shared and a match allocates nothing.

/// Working memory for `Router.match`; it grows to the largest router it was used with.
package final class RouterScratch {
    /// By pattern: the number of the request it was last tried for, doubled, plus 1 if it matched.
    private var outcomes: [UInt32] = []
    private var request: UInt32 = 0
    /// The patterns that could match this request, once they are known.
    private(set) var candidates: [UInt32] = []
    private var hasCandidates = false
    /// The path value the request hit, once it is known.
    var hitPath: PathReference?
    /// A host back to front.
    var reversed: [UInt8] = []
    /// The pattern that matched this request last, and how far.
    private var lastMatch = (pattern: -1, end: 0)
    private let room = Pattern.Room()

    package init() {}

    func begin(patternCount: Int) {
        hasCandidates = false
        hitPath = nil
        lastMatch.pattern = -1
        guard patternCount > 0 else { return }
        request &+= 1
        // The numbers have come round, or belong to a smaller router: old outcomes mean nothing.
        if request >= UInt32.max / 2 || outcomes.count < patternCount {
            request = 1
            outcomes = [UInt32](repeating: 0, count: max(outcomes.count, patternCount))
        }
    }

    /// Finds out which patterns could match, at most once for a request.
    func prepareCandidates(_ path: Span<UInt8>, _ regexes: RegexIndex) {
        if hasCandidates { return }
        hasCandidates = true
        regexes.collect(path, into: &candidates)
    }

    /// Whether a pattern matches; it is run at most once for a request.
    func matches(_ pattern: Int, _ path: Span<UInt8>, _ regexes: RegexIndex) -> Bool {
        let outcome = outcomes[pattern]
        if outcome &>> 1 == request { return outcome & 1 == 1 }
        let end = regexes.isPossible(pattern, path) ? regexes.patterns[pattern].match(path, room) : -1
        if end >= 0 { lastMatch = (pattern, end) }
        outcomes[pattern] = request &<< 1 | (end >= 0 ? 1 : 0)
        return end >= 0
    }

    /// How many bytes of the path a pattern matches; it must match. Only where several matched is it run once more.
    func end(_ pattern: Int, _ path: Span<UInt8>, _ regexes: RegexIndex) -> Int {
        lastMatch.pattern == pattern ? lastMatch.end : max(0, regexes.patterns[pattern].match(path, room))
    }
}
