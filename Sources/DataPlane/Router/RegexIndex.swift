// All regex paths of a router and, for a request path, the few that could match it: those whose literal prefix it
// has and, where many share a prefix, those of which it also contains some characteristic text.
//
// Patterns are numbered in the order of routes, so that "the first that matches" is the lowest number.

struct RegexIndex: Sendable {
    /// Patterns that share a prefix are told apart by a text inside them when there are more of them than this.
    private static let crowd = 16

    let patterns: [Pattern]
    /// The patterns' texts; a pattern that several routes list is there once.
    let texts: ByteTable
    /// What a path must begin with for each pattern.
    private let prefixes: ByteTable
    private let prefixNumbers: [UInt32]
    private let tree: PrefixTree
    /// By rank of the prefix in `tree`: patterns, ascending.
    private let buckets: [[UInt32]]
    private let fragments: FragmentIndex

    init(texts: ByteTable, patterns: [Pattern]) {
        self.texts = texts
        self.patterns = patterns
        let arena = texts.arena
        let literals = patterns.indices.map { PatternLiterals([UInt8](arena[texts.range($0)])) }
        var table = ByteTable()
        let numbers = literals.map { table.intern($0.prefix.span) }
        prefixes = table
        prefixNumbers = numbers.map { UInt32($0) }
        tree = PrefixTree(table)
        var sizes = [Int](repeating: 0, count: table.count)
        for number in numbers { sizes[number] += 1 }
        let crowded = numbers.map { sizes[$0] > Self.crowd }
        fragments = FragmentIndex(literals.indices.map { crowded[$0] ? literals[$0].inner : [] })
        var buckets = [[UInt32]](repeating: [], count: table.count)
        for (pattern, number) in numbers.enumerated() where !fragments.holds(pattern) {
            buckets[Int(tree.ranks[number])].append(UInt32(pattern))
        }
        self.buckets = buckets
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// Fills `candidates` with the patterns that could match, ascending. May name one twice.
    func collect(_ path: Span<UInt8>, into candidates: inout [UInt32]) {
        candidates.removeAll(keepingCapacity: true)
        var sources = 0
        var rank = tree.longest(path)
        while rank >= 0 {
            if !buckets[rank].isEmpty {
                candidates.append(contentsOf: buckets[rank])
                sources += 1
            }
            rank = Int(tree.parents[rank])
        }
        let known = candidates.count
        fragments.collect(path, into: &candidates)
        if sources > 1 || candidates.count > known { candidates.sort() }
    }

    /// Whether the path begins as the pattern demands; cheaper than running it.
    @inline(__always)
    func isPossible(_ pattern: Int, _ path: Span<UInt8>) -> Bool {
        prefixes.isPrefix(Int(prefixNumbers[pattern]), of: path)
    }
}
