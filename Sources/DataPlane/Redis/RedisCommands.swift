// Commands on their way to a Redis server, and how many answers they will have.

import NIOCore
import PluginKit

struct RedisCommands {
    private(set) var bytes = ByteBuffer()
    private(set) var count = 0

    mutating func authenticate(_ password: String) {
        append(["AUTH".utf8Bytes, password.utf8Bytes])
    }

    mutating func select(_ database: Int) {
        append(["SELECT".utf8Bytes, String(database).utf8Bytes])
    }

    mutating func get(_ counter: RedisCounter) {
        append(["GET".utf8Bytes, counter.key])
    }

    /// Two answers, the second one with the new count. A counter that is not there yet is made first, with the end of
    /// its life: so none is ever left behind that has no end, whatever happens in between.
    mutating func add(_ amount: Int, to counter: RedisCounter) {
        append([
            "SET".utf8Bytes, counter.key, "0".utf8Bytes, "EX".utf8Bytes, String(counter.seconds).utf8Bytes,
            "NX".utf8Bytes,
        ])
        append(["INCRBY".utf8Bytes, counter.key, String(amount).utf8Bytes])
    }

    /// A list of texts, each with its length before it.
    private mutating func append(_ parts: [[UInt8]]) {
        bytes.writeString("*\(parts.count)\r\n")
        for part in parts {
            bytes.writeString("$\(part.count)\r\n")
            bytes.writeBytes(part)
            bytes.writeStaticString("\r\n")
        }
        count += 1
    }
}

extension String {
    fileprivate var utf8Bytes: [UInt8] { Array(utf8) }
}
