// Finds the regexes of which a path contains some characteristic text: each is kept under one fragment of four or
// eight bytes that it demands, and a path is looked through for all fragments at once.

struct FragmentIndex: Sendable {
    private let seed = ByteHash.seed
    /// By hash of a fragment: pattern + 1, or 0. Patterns with the same fragment follow in `next`.
    private var keys: [UInt64] = []
    private var heads: [UInt32] = []
    private var next: [UInt32] = []
    private var held: [Bool]
    private var count = 0

    /// By pattern: texts that a path must contain. Those without a long enough text are not held.
    init(_ texts: [[[UInt8]]]) {
        held = [Bool](repeating: false, count: texts.count)
        next = [UInt32](repeating: 0, count: texts.count)
        var frequencies: [UInt64: Int] = [:]
        let fragments = texts.map { Self.fragments($0, seed) }
        for fragment in fragments.joined() { frequencies[fragment, default: 0] += 1 }
        guard !frequencies.isEmpty else { return }
        var size = 16
        while size < texts.count * 4 { size *= 2 }
        keys = [UInt64](repeating: 0, count: size)
        heads = [UInt32](repeating: 0, count: size)
        for (pattern, candidates) in fragments.enumerated() {
            // The rarest fragment tells most.
            guard let rarest = candidates.min(by: { (frequencies[$0] ?? 0) < (frequencies[$1] ?? 0) }) else { continue }
            hold(pattern, rarest)
        }
    }

    /// Whether a pattern is found here (and need not be looked for elsewhere).
    func holds(_ pattern: Int) -> Bool { held[pattern] }

    func collect(_ path: Span<UInt8>, into candidates: inout [UInt32]) {
        guard count > 0 else { return }
        var position = 0
        while position &+ 4 <= path.count {
            take(Self.key(four: ByteHash.half(path, position), seed), into: &candidates)
            if position &+ 8 <= path.count {
                take(Self.key(eight: ByteHash.word(path, position), seed), into: &candidates)
            }
            position &+= 1
        }
    }

    private func take(_ key: UInt64, into candidates: inout [UInt32]) {
        var pattern = heads[slot(key)]
        while pattern != 0 {
            candidates.append(pattern &- 1)
            pattern = next[Int(pattern &- 1)]
        }
    }

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: key &>> 2) & (keys.count &- 1)
        while keys[slot] != key && keys[slot] != 0 {
            slot = (slot &+ 1) & (keys.count &- 1)
        }
        return slot
    }

    private mutating func hold(_ pattern: Int, _ key: UInt64) {
        let slot = slot(key)
        keys[slot] = key
        next[pattern] = heads[slot]
        heads[slot] = UInt32(pattern + 1)
        held[pattern] = true
        count += 1
    }

    private static func fragments(_ texts: [[UInt8]], _ seed: UInt64) -> [UInt64] {
        texts.flatMap { text -> [UInt64] in
            if text.count >= 8 {
                return (0...text.count - 8).map { key(eight: ByteHash.word(text.span, $0), seed) }
            }
            guard text.count >= 4 else { return [] }
            return (0...text.count - 4).map { key(four: ByteHash.half(text.span, $0), seed) }
        }
    }

    /// Two fragments with one key only make a pattern run in vain. The lowest bit keeps keys from being 0, which
    /// marks a free slot; the one beside it tells the lengths apart.
    private static func key(four fragment: UInt32, _ seed: UInt64) -> UInt64 {
        ByteHash.mix(UInt64(fragment), seed) & ~3 | 1
    }

    private static func key(eight fragment: UInt64, _ seed: UInt64) -> UInt64 {
        ByteHash.mix(fragment, seed) | 3
    }
}
