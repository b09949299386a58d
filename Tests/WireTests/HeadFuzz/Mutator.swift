// A seeded mutator: the same seed gives the same messages on every machine, so a finding can be repeated.

/// SplitMix64, which is small and good enough to choose mutations.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Takes messages from a corpus and spoils them a little.
struct Mutator {
    private var generator: SeededGenerator
    private let corpus: [[UInt8]]
    private let snippets: [[UInt8]]

    init(seed: UInt64, corpus: [String], snippets: [String] = Corpus.snippets) {
        generator = SeededGenerator(seed: seed)
        self.corpus = corpus.map(latin1)
        self.snippets = snippets.map(latin1)
    }

    /// The next message: one of the corpus with up to four changes.
    mutating func next() -> [UInt8] {
        var message = pick(corpus)
        for _ in 0..<Int.random(in: 0...4, using: &generator) where !message.isEmpty { change(&message) }
        return message
    }

    /// Offsets at which to cut a message of `count` bytes.
    mutating func splits(_ count: Int) -> [Int] {
        (0..<Int.random(in: 0...3, using: &generator)).map { _ in position(count) }.sorted()
    }

    private mutating func change(_ message: inout [UInt8]) {
        let at = position(message.count)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: message[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: message[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: message.removeSubrange(at..<min(message.count, at + Int.random(in: 1...4, using: &generator)))
        case 3: message.insert(contentsOf: message[at...].prefix(Int.random(in: 1...24, using: &generator)), at: at)
        case 4: message.insert(contentsOf: pick(snippets), at: at)
        default: message.insert(contentsOf: pick(snippets), at: lineStart(message, at))
        }
    }

    private func lineStart(_ message: [UInt8], _ at: Int) -> Int {
        (message[..<at].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    }

    private mutating func position(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    private mutating func pick(_ list: [[UInt8]]) -> [UInt8] { list[position(list.count)] }
}
