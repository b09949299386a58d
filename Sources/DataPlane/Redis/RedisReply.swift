// What a Redis server answers, in the protocol RESP2 (https://redis.io/docs/latest/develop/reference/protocol-spec/),
// as far as answers to our few commands go. A reader of our own: it is these lines, where libhiredis would be one more
// library that copies what it reads into trees of objects.

import NIOCore
import Wire

/// One answer.
package enum RedisReply: Equatable {
    case number(Int)
    case text([UInt8])
    case nothing
    case error(String)

    /// The count that it tells; none has not been counted yet. Nil for everything that is no number.
    package var count: Int? {
        switch self {
        case .number(let number): number
        case .text(let text): Int(String(decoding: text, as: UTF8.self))
        case .nothing: 0
        case .error: nil
        }
    }

    /// Reads one answer off the buffer. Nil when it is not there as a whole.
    ///
    /// - Throws: when what is there can't be an answer to our commands.
    package static func read(_ buffer: inout ByteBuffer) throws(RedisSyntaxError) -> RedisReply? {
        var rest = buffer
        guard let line = try readLine(&rest) else { return nil }
        let text = String(decoding: line.dropFirst(), as: UTF8.self)
        let reply: RedisReply
        switch line.first {
        case UInt8(ascii: "+"): reply = .text(Array(line.dropFirst()))
        case UInt8(ascii: "-"): reply = .error(text)
        case UInt8(ascii: ":"):
            guard let number = Int(text) else { throw RedisSyntaxError() }
            reply = .number(number)
        case UInt8(ascii: "$"):
            guard let length = Int(text), length <= longest else { throw RedisSyntaxError() }
            guard let bulk = try readBulk(length, &rest) else { return nil }
            reply = bulk
        default: throw RedisSyntaxError()
        }
        buffer = rest
        return reply
    }

    /// The longest line or text that is taken, in bytes.
    package static let longest = 64 << 10

    private static func readLine(_ buffer: inout ByteBuffer) throws(RedisSyntaxError) -> [UInt8]? {
        let bytes = buffer.readableBytesView
        guard let end = bytes.firstIndex(of: Ascii.lineFeed) else {
            guard bytes.count <= longest else { throw RedisSyntaxError() }
            return nil
        }
        guard end > bytes.startIndex, bytes[end - 1] == Ascii.carriageReturn,
            let line = buffer.readBytes(length: end - 1 - bytes.startIndex)
        else { throw RedisSyntaxError() }
        buffer.moveReaderIndex(forwardBy: 2)
        return line
    }

    private static func readBulk(_ length: Int, _ buffer: inout ByteBuffer) throws(RedisSyntaxError) -> RedisReply? {
        guard length >= 0 else { return .nothing }
        guard buffer.readableBytes >= length + 2, let text = buffer.readBytes(length: length) else { return nil }
        guard buffer.readBytes(length: 2) == [Ascii.carriageReturn, Ascii.lineFeed] else { throw RedisSyntaxError() }
        return .text(text)
    }
}

/// What came is no answer of a Redis server.
package struct RedisSyntaxError: Error {}
