// The compressors of one event loop for one server. A few are kept between answers: each has 256 KiB of memory, which
// costs more to get than a small answer costs to compress.

import NIOCore

final class Compressors {
    private let level: Int
    private var idle: [Deflater] = []
    /// Where compressed bytes lie until their number is known.
    var scratch = ByteBuffer()

    private static let keptCount = 4
    private static let keptScratchBytes = 128 << 10

    init(level: Int) {
        self.level = level
    }

    /// Nil when there is no memory for another one: the answer goes out as it is.
    func take() -> Deflater? {
        guard let used = idle.popLast() else { return Deflater(level: level) }
        used.reset()
        return used
    }

    func giveBack(_ compressor: Deflater) {
        if idle.count < Self.keptCount { idle.append(compressor) }
        if scratch.capacity > Self.keptScratchBytes { scratch = ByteBuffer() }
    }
}
