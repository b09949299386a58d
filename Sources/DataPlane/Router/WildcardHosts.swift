// Wildcard hosts. Kong takes the first one in the order of routes that matches, however short it is; two radix trees
// (suffixes are kept back to front) carry with every pattern the first of all patterns around it.

struct WildcardHosts: Sendable {
    private let suffixes: Side
    private let prefixes: Side

    /// The patterns of one kind, each without its `*`.
    private struct Side: Sendable {
        let tree: PrefixTree
        /// By rank: the first pattern, in the order of routes, among this one and all shorter ones that it implies.
        let first: [UInt32]

        init(_ table: ByteTable, numbers: [UInt32]) {
            tree = PrefixTree(table)
            var first = [UInt32](repeating: 0, count: table.count)
            for (index, number) in numbers.enumerated() { first[Int(tree.ranks[index])] = number }
            for rank in first.indices where tree.parents[rank] >= 0 {
                first[rank] = min(first[rank], first[Int(tree.parents[rank])])
            }
            self.first = first
        }
    }

    /// `hosts` are all host values in the order of routes; the numbers that `find` gives are places in it. A host
    /// with its `*` elsewhere than at one end cannot be stored, and would match nothing here.
    init(_ hosts: [[UInt8]]) {
        var (suffixes, prefixes) = (ByteTable(), ByteTable())
        var (suffixNumbers, prefixNumbers): ([UInt32], [UInt32]) = ([], [])
        let star = UInt8(ascii: "*")
        for (number, host) in hosts.enumerated() where host.contains(star) {
            if host.first == star && !host.dropFirst().contains(star) {
                _ = suffixes.intern([UInt8](host.dropFirst().reversed()).span)
                suffixNumbers.append(UInt32(number))
            } else if host.last == star && !host.dropLast().contains(star) {
                _ = prefixes.intern([UInt8](host.dropLast()).span)
                prefixNumbers.append(UInt32(number))
            }
        }
        self.suffixes = Side(suffixes, numbers: suffixNumbers)
        self.prefixes = Side(prefixes, numbers: prefixNumbers)
    }

    var isEmpty: Bool { suffixes.tree.isEmpty && prefixes.tree.isEmpty }

    /// The number of the first pattern that matches, or `CriteriaKey.none`. The `*` stands for at least one
    /// character, so the last byte (or the first, read backwards) is never part of the fixed text.
    func find(_ host: Span<UInt8>, reversed: inout [UInt8]) -> UInt32 {
        var best = CriteriaKey.none
        guard host.count > 0 else { return best }
        if !suffixes.tree.isEmpty {
            reversed.removeAll(keepingCapacity: true)
            var position = host.count
            while position > 1 {
                position &-= 1
                reversed.append(host[position])
            }
            let rank = suffixes.tree.longest(reversed.span)
            if rank >= 0 { best = suffixes.first[rank] }
        }
        let rank = prefixes.tree.longest(host.extracting(0..<host.count &- 1))
        if rank >= 0 { best = min(best, prefixes.first[rank]) }
        return best
    }
}
