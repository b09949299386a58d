// The plain paths of each combination of criteria, laid out so that one binary search answers both of Kong's
// questions: which route lists just this prefix, and which is the first route of all whose prefix the path has.
//
// The ranks of a `PrefixTree` make prefixes intervals. For one combination, the intervals cut the line of ranks into
// segments, and within a segment the answers are the same for every request path. Nested prefixes cost nothing.

/// A route's plain path within one combination of criteria.
struct PlainEntry: Sendable {
    var key: UInt32
    /// Rank of the path in the tree of all plain paths.
    var rank: UInt32
    /// Place of the route in Kong's order.
    var order: UInt32
}

struct PlainPaths: Sendable {
    struct Segment: Sendable {
        /// Rank of the longest prefix that covers the segment, or `CriteriaKey.none`.
        var path: UInt32
        /// First route that lists this very prefix.
        var own: UInt32
        /// First route of those that list it or a shorter prefix of it.
        var first: UInt32
    }

    private(set) var starts: [UInt32] = []
    private(set) var segments: [Segment] = []
    /// By number of combination: its segments.
    private(set) var ranges: [(start: UInt32, count: UInt32)] = []

    /// Entries have to come in the order of routes.
    init(_ entries: [PlainEntry], tree: PrefixTree, keyCount: Int) {
        let byRank = Self.group(entries, count: tree.lengths.count) { Int($0.rank) }
        let byKey = Self.group(byRank, count: keyCount) { Int($0.key) }
        starts.reserveCapacity(entries.count * 2)
        segments.reserveCapacity(entries.count * 2)
        ranges.reserveCapacity(keyCount)
        var position = 0
        for key in 0..<keyCount {
            let first = position
            while position < byKey.count && byKey[position].key == key { position += 1 }
            let start = starts.count
            cut(byKey[first..<position], tree)
            ranges.append((UInt32(start), UInt32(starts.count - start)))
        }
    }

    /// The segment that the longest plain prefix of a request path lies in, or -1.
    @inline(__always)
    func find(_ range: (start: UInt32, count: UInt32), rank: UInt32) -> Int {
        var low = Int(range.start)
        var count = Int(range.count)
        guard count > 0, starts[low] <= rank else { return -1 }
        while count > 1 {
            let half = count &>> 1
            if starts[low &+ half] <= rank { low &+= half }
            count &-= half
        }
        return segments[low].path == CriteriaKey.none ? -1 : low
    }

    /// A stable counting sort.
    static func group<Entry>(_ entries: [Entry], count: Int, by number: (Entry) -> Int) -> [Entry] {
        guard let filler = entries.first else { return [] }
        var next = [Int](repeating: 0, count: count + 1)
        for entry in entries { next[number(entry) + 1] += 1 }
        for index in 0..<count { next[index + 1] += next[index] }
        var sorted = [Entry](repeating: filler, count: entries.count)
        for entry in entries {
            sorted[next[number(entry)]] = entry
            next[number(entry)] += 1
        }
        return sorted
    }

    /// Cuts the line of ranks for one combination. `open` are the prefixes around the current place, outermost first.
    private mutating func cut(_ entries: ArraySlice<PlainEntry>, _ tree: PrefixTree) {
        let base = starts.count
        var open: [(end: UInt32, segment: Segment)] = []
        for entry in entries {
            if let top = open.last, top.segment.path == entry.rank { continue }
            close(&open, before: entry.rank, base)
            let outer = open.last?.segment.first ?? CriteriaKey.none
            let segment = Segment(path: entry.rank, own: entry.order, first: min(entry.order, outer))
            open.append((tree.subtreeEnd[Int(entry.rank)], segment))
            emit(entry.rank, segment, base)
        }
        close(&open, before: UInt32.max, base)
    }

    private mutating func close(_ open: inout [(end: UInt32, segment: Segment)], before rank: UInt32, _ base: Int) {
        while let top = open.last, top.end <= rank {
            open.removeLast()
            let nothing = Segment(path: CriteriaKey.none, own: CriteriaKey.none, first: CriteriaKey.none)
            emit(top.end, open.last?.segment ?? nothing, base)
        }
    }

    private mutating func emit(_ start: UInt32, _ segment: Segment, _ base: Int) {
        if starts.count > base && starts[starts.count - 1] == start {
            segments[segments.count - 1] = segment
        } else {
            starts.append(start)
            segments.append(segment)
        }
    }
}
