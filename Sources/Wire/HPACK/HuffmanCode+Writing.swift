// Strings in Huffman code, written straight into a buffer.

import NIOCore

extension HuffmanCode {
    /// Bytes of the string in this code.
    static func count(_ text: Span<UInt8>) -> Int {
        let lengths = lengths.span
        var bits = 0
        for index in text.indices { bits &+= Int(lengths[Int(text[index])]) }
        return (bits &+ 7) / 8
    }

    /// Appends the string, which takes `count` bytes in this code.
    static func write(_ text: Span<UInt8>, count: Int, to out: inout ByteBuffer) {
        let lengths = lengths.span
        let codes = codes.span
        out.writeWithOutputRawSpan(minimumWritableBytes: count) { output in
            var bits: UInt64 = 0
            var waiting: UInt64 = 0
            for index in text.indices {
                let symbol = Int(text[index])
                let length = UInt64(lengths[symbol])
                bits = bits &<< length | UInt64(codes[symbol])
                waiting &+= length
                while waiting >= 8 {
                    waiting &-= 8
                    output.append(UInt8(truncatingIfNeeded: bits &>> waiting))
                }
            }
            // The rest of the last byte is the beginning of the end of the string: ones.
            if waiting > 0 {
                let rest = bits &<< (8 &- waiting) | (0xFF &>> waiting)
                output.append(UInt8(truncatingIfNeeded: rest))
            }
        }
    }
}
