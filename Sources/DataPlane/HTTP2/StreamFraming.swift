// How the body of a stream stands in HTTP/1 bytes, for the codecs of both sides.

import NIOCore
import Wire

enum StreamFraming {
    /// No body, or one whose length the head tells.
    case plain
    case chunked

    /// The bytes for one DATA frame, or for the end of a body that has nothing more; nil where there are none.
    func bytes(for data: ByteBuffer, endsStream: Bool) -> ByteBuffer? {
        guard self == .chunked else { return data.readableBytes > 0 ? data : nil }
        var chunk = ByteBuffer()
        chunk.reserveCapacity(data.readableBytes + 32)
        if data.readableBytes > 0 {
            chunk.writeChunkHead(count: data.readableBytes)
            chunk.writeImmutableBuffer(data)
            chunk.writeLineEnd()
        }
        if endsStream { chunk.writeStaticString("0\r\n\r\n") }
        return chunk.readableBytes > 0 ? chunk : nil
    }
}
