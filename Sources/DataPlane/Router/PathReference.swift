// A path value of some route: the rank of a plain path or the number of a pattern, in four bytes.

struct PathReference: Equatable, Sendable {
    private static let patternBit: UInt32 = 0x8000_0000
    static let none = PathReference(raw: .max)

    let raw: UInt32

    private init(raw: UInt32) {
        self.raw = raw
    }

    static func plain(_ rank: Int) -> PathReference { PathReference(raw: UInt32(rank)) }
    static func pattern(_ number: Int) -> PathReference { PathReference(raw: UInt32(number) | patternBit) }

    var isPattern: Bool { raw & Self.patternBit != 0 && self != .none }
    /// Rank or number.
    var index: Int { Int(raw & ~Self.patternBit) }
}
