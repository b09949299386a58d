// Reads Huffman coded strings four bits at a time: a table tells for every state and every half byte what comes out
// (at most one byte, as the shortest code has five bits) and which state follows. The work depends on nothing but the
// number of bytes.

/// The automaton. Its states are the inner nodes of the code's tree, the root being 0.
struct HuffmanSteps: Sendable {
    /// For a state and half a byte: bits 0-7 the next state, 8-15 the byte that comes out, then the flags.
    private let steps: [UInt32]

    static let table = HuffmanSteps()

    private static let emits: UInt32 = 1 << 16
    private static let fails: UInt32 = 1 << 17
    /// A string may end here: what was read since the last symbol is less than a byte, all ones.
    private static let mayEnd: UInt32 = 1 << 18

    private init() {
        let tree = HuffmanTree()
        var steps: [UInt32] = []
        steps.reserveCapacity(16 * tree.nodes.count)
        for state in tree.nodes.indices {
            for half in 0..<16 { steps.append(Self.step(tree, state, half)) }
        }
        self.steps = steps
    }

    private static func step(_ tree: HuffmanTree, _ state: Int, _ half: Int) -> UInt32 {
        var node = state
        var result: UInt32 = 0
        for shift in [3, 2, 1, 0] {
            switch tree.nodes[node].child((half >> shift) & 1) {
            case .inner(let next): node = next
            case .leaf(HuffmanCode.endOfString): return fails
            case .leaf(let symbol):
                result |= emits | UInt32(symbol) << 8
                node = 0
            }
        }
        return result | UInt32(node) | (tree.nodes[node].isPadding ? mayEnd : 0)
    }

    /// Writes the string that `range` of `bytes` stands for to `out`, from `end` on, which moves behind it. False when
    /// it is malformed or does not fit.
    func decode(_ bytes: Span<UInt8>, _ range: Range<Int>, into out: inout [UInt8], at end: inout Int) -> Bool {
        var target = out.mutableSpan
        let steps = steps.span
        var position = end
        var step = Self.mayEnd
        for index in range {
            let byte = Int(bytes[index])
            step = steps[Int(step & 0xFF) << 4 | byte >> 4]
            guard Self.take(step, &target, &position) else { return false }
            step = steps[Int(step & 0xFF) << 4 | byte & 15]
            guard Self.take(step, &target, &position) else { return false }
        }
        end = position
        return step & Self.mayEnd != 0
    }

    @inline(__always)
    private static func take(_ step: UInt32, _ target: inout MutableSpan<UInt8>, _ position: inout Int) -> Bool {
        guard step & (emits | fails) != 0 else { return true }
        guard step & fails == 0, position < target.count else { return false }
        target[position] = UInt8(truncatingIfNeeded: step >> 8)
        position += 1
        return true
    }
}

/// The code as a tree.
private struct HuffmanTree {
    enum Child {
        case inner(Int)
        case leaf(Int)
    }

    struct Node {
        var zero: Child?
        var one: Child?
        /// Whether the way from the root is one of less than eight ones.
        var isPadding: Bool

        func child(_ bit: Int) -> Child {
            // The code is complete: every inner node has both.
            (bit == 0 ? zero : one) ?? .leaf(HuffmanCode.endOfString)
        }
    }

    private(set) var nodes = [Node(isPadding: true)]

    init() {
        for (symbol, length) in HuffmanCode.lengths.enumerated() { add(symbol, Int(length)) }
    }

    private mutating func add(_ symbol: Int, _ length: Int) {
        let code = HuffmanCode.codes[symbol]
        var node = 0
        var isPadding = true
        for depth in 1..<length {
            let bit = Int(code >> UInt32(length - depth)) & 1
            isPadding = isPadding && bit == 1 && depth < 8
            node = inner(below: node, bit, isPadding)
        }
        set(.leaf(symbol), below: node, Int(code) & 1)
    }

    private mutating func inner(below node: Int, _ bit: Int, _ isPadding: Bool) -> Int {
        if case .inner(let known) = bit == 0 ? nodes[node].zero : nodes[node].one { return known }
        nodes.append(Node(isPadding: isPadding))
        set(.inner(nodes.count - 1), below: node, bit)
        return nodes.count - 1
    }

    private mutating func set(_ child: Child, below node: Int, _ bit: Int) {
        if bit == 0 { nodes[node].zero = child } else { nodes[node].one = child }
    }
}
