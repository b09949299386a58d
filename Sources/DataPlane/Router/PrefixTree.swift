// A radix tree over byte strings that finds the longest one a text begins with. Strings are known by their rank in
// byte order: all strings that begin with string r are r+1 ..< subtreeEnd[r], so that "is a prefix of" becomes a
// comparison of two numbers everywhere else in the router.

struct PrefixTree: Sendable {
    private struct Node {
        /// The bytes on the way to this node after its first one, which the parent has looked at.
        var labelStart: UInt32
        var labelCount: UInt32
        /// Children are neighbours, in the order of their first bytes.
        var firstChild: UInt32 = 0
        var childCount: UInt32 = 0
        /// The string that ends here, or -1.
        var rank: Int32 = -1
    }

    /// Rank of every string, by its number in the table the tree was made of.
    let ranks: [UInt32]
    /// One past the last string that begins with string r.
    let subtreeEnd: [UInt32]
    /// The longest other string that string r begins with, or -1.
    let parents: [Int32]
    /// Bytes of string r.
    let lengths: [UInt32]
    private var nodes: [Node] = []
    private var firstBytes: [UInt8] = []
    private let bytes: [UInt8]

    var isEmpty: Bool { lengths.isEmpty }

    init(_ table: ByteTable) {
        bytes = table.arena
        let sorted = Self.sort(table)
        var ranks = [UInt32](repeating: 0, count: table.count)
        for (rank, number) in sorted.enumerated() { ranks[number] = UInt32(rank) }
        self.ranks = ranks
        lengths = sorted.map { UInt32(table.length($0)) }
        let ranges = sorted.map { table.range($0) }
        (subtreeEnd, parents) = Self.nest(ranges, bytes)
        build(ranges)
    }

    /// Finds the longest string that `text` begins with: its rank, or -1.
    func longest(_ text: Span<UInt8>) -> Int {
        guard !nodes.isEmpty else { return -1 }
        var node = nodes[0]
        var found = Int(node.rank)
        var position = 0
        while position < text.count && node.childCount > 0 {
            let next = child(of: node, byte: text[position])
            if next < 0 { return found }
            node = nodes[next]
            position &+= 1
            let end = position &+ Int(node.labelCount)
            if end > text.count { return found }
            let label = Int(node.labelStart)..<Int(node.labelStart &+ node.labelCount)
            if !ByteHash.startsWith(text.extracting(position..<end), bytes.span.extracting(label)) { return found }
            position = end
            if node.rank >= 0 { found = Int(node.rank) }
        }
        return found
    }

    @inline(__always)
    private func child(of node: Node, byte: UInt8) -> Int {
        var low = Int(node.firstChild)
        var high = low &+ Int(node.childCount)
        while high &- low > 4 {
            let middle = (low &+ high) &>> 1
            if firstBytes[middle] <= byte { low = middle } else { high = middle }
        }
        while low < high {
            if firstBytes[low] == byte { return low }
            low &+= 1
        }
        return -1
    }
}

// Building.
extension PrefixTree {
    /// Numbers in byte order. The first eight bytes after what all have in common decide most comparisons.
    private static func sort(_ table: ByteTable) -> [Int] {
        let bytes = table.arena
        var keyed: [(key: UInt64, number: Int)] = []
        keyed.reserveCapacity(table.count)
        let common = commonPrefix(table)
        for number in 0..<table.count {
            keyed.append((key(bytes.span.extracting(table.range(number)), from: common), number))
        }
        keyed.sort { left, right in
            if left.key != right.key { return left.key < right.key }
            let (one, other) = (table.range(left.number), table.range(right.number))
            return precedes(bytes.span.extracting(one), bytes.span.extracting(other), from: common)
        }
        return keyed.map(\.number)
    }

    private static func commonPrefix(_ table: ByteTable) -> Int {
        guard table.count > 0 else { return 0 }
        let bytes = table.arena
        let first = table.range(0)
        var common = first.count
        for number in 1..<max(1, table.count) {
            let range = table.range(number)
            common = min(common, range.count)
            for offset in 0..<common where bytes[first.lowerBound + offset] != bytes[range.lowerBound + offset] {
                common = offset
                break
            }
        }
        return common
    }

    private static func key(_ string: Span<UInt8>, from start: Int) -> UInt64 {
        var key: UInt64 = 0
        for offset in start..<start + 8 {
            key = key << 8 | (offset < string.count ? UInt64(string[offset]) : 0)
        }
        return key
    }

    private static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>, from start: Int) -> Bool {
        var position = start
        while position < left.count && position < right.count {
            if left[position] != right[position] { return left[position] < right[position] }
            position += 1
        }
        return left.count < right.count
    }

    private static func nest(_ ranges: [Range<Int>], _ bytes: [UInt8]) -> ([UInt32], [Int32]) {
        var ends = [UInt32](repeating: UInt32(ranges.count), count: ranges.count)
        var parents = [Int32](repeating: -1, count: ranges.count)
        var open: [Int] = []
        for rank in ranges.indices {
            let string = bytes.span.extracting(ranges[rank])
            while let top = open.last, !ByteHash.startsWith(string, bytes.span.extracting(ranges[top])) {
                ends[top] = UInt32(rank)
                open.removeLast()
            }
            parents[rank] = Int32(open.last ?? -1)
            open.append(rank)
        }
        return (ends, parents)
    }

    private struct Pending {
        var node: Int
        var ranks: Range<Int>
        var depth: Int
    }

    /// Makes the nodes level by level, so that the children of one node are neighbours.
    private mutating func build(_ ranges: [Range<Int>]) {
        guard !ranges.isEmpty else { return }
        nodes.append(Node(labelStart: 0, labelCount: 0))
        firstBytes.append(0)
        var queue = [Pending(node: 0, ranks: 0..<ranges.count, depth: 0)]
        var next = 0
        while next < queue.count {
            expand(queue[next], ranges, &queue)
            next += 1
        }
    }

    private mutating func expand(_ pending: Pending, _ ranges: [Range<Int>], _ queue: inout [Pending]) {
        var rank = pending.ranks.lowerBound
        if ranges[rank].count == pending.depth {
            nodes[pending.node].rank = Int32(rank)
            rank += 1
        }
        let firstChild = nodes.count
        while rank < pending.ranks.upperBound {
            let start = ranges[rank].lowerBound
            let byte = bytes[start + pending.depth]
            let end = endOfGroup(rank..<pending.ranks.upperBound, ranges, pending.depth, byte)
            let depth = common(ranges[rank], ranges[end - 1], from: pending.depth + 1)
            let label = UInt32(depth - pending.depth - 1)
            queue.append(Pending(node: nodes.count, ranks: rank..<end, depth: depth))
            nodes.append(Node(labelStart: UInt32(start + pending.depth + 1), labelCount: label))
            firstBytes.append(byte)
            rank = end
        }
        nodes[pending.node].firstChild = UInt32(firstChild)
        nodes[pending.node].childCount = UInt32(nodes.count - firstChild)
    }

    /// Where the strings with this byte at `depth` end; found by halving, since they are sorted.
    private func endOfGroup(_ ranks: Range<Int>, _ ranges: [Range<Int>], _ depth: Int, _ byte: UInt8) -> Int {
        var low = ranks.lowerBound
        var high = ranks.upperBound
        while high - low > 1 {
            let middle = (low + high) / 2
            if bytes[ranges[middle].lowerBound + depth] == byte { low = middle } else { high = middle }
        }
        return high
    }

    /// How far the first and the last of a sorted group agree, which is how far all of it does.
    private func common(_ first: Range<Int>, _ last: Range<Int>, from start: Int) -> Int {
        var depth = start
        while depth < first.count && depth < last.count
            && bytes[first.lowerBound + depth] == bytes[last.lowerBound + depth]
        {
            depth += 1
        }
        return depth
    }
}
