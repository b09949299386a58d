// One stream of zlib's in gzip's format. zlib keeps pointers to its own state in it, so that it has a place of its own
// in memory, which is allocated and freed here; the pointers to input and output are only of use during a call.

import CZlib
import NIOCore

final class Deflater {
    /// What becomes of the bytes that zlib has taken and not given back yet.
    enum Flush {
        case none
        /// They come out now, on a byte's boundary.
        case sync
        /// They come out, and the end of the stream behind them.
        case finish

        fileprivate var word: Int32 {
            switch self {
            case .none: Z_NO_FLUSH
            case .sync: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        }
    }

    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether bytes were taken since the last flush.
    private(set) var holdsBack = false
    private(set) var isFinished = false

    /// nginx' window and memory, the largest that there are: 256 KiB a stream.
    private static let (windowBits, memoryLevel): (Int32, Int32) = (15, 8)
    /// Asks zlib for gzip's head and trailer.
    private static let gzip: Int32 = 16
    private static let roomBytes = 4096

    /// Nil when there is no memory for it.
    init?(level: Int) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, Self.windowBits + Self.gzip, Self.memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Begins a new stream.
    func reset() {
        deflateReset(stream)
        holdsBack = false
        isFinished = false
    }

    /// Bytes taken and given so far.
    var counts: (taken: UInt64, given: UInt64) { (UInt64(stream.pointee.total_in), UInt64(stream.pointee.total_out)) }

    /// Takes bytes and appends to `output` what comes out.
    func compress(_ input: borrowing Span<UInt8>, _ flush: Flush, to output: inout ByteBuffer) {
        holdsBack = flush == .none && (holdsBack || input.count > 0)
        isFinished = isFinished || flush == .finish
        input.withUnsafeBufferPointer { bytes in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            stream.pointee.avail_in = UInt32(bytes.count)
            repeat {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.roomBytes) { step($0, flush) }
            } while stream.pointee.avail_out == 0
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
        }
    }

    /// - Returns: how many bytes of the room are used.
    private func step(_ room: UnsafeMutableRawBufferPointer, _ flush: Flush) -> Int {
        let count = min(room.count, Int(UInt32.max))
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(count)
        // It can only fail for want of room or of input, which the counts tell.
        _ = deflate(stream, flush.word)
        return count - Int(stream.pointee.avail_out)
    }
}
