// How answers of a Redis server are read.

import DataPlane
import NIOCore
import Testing

@Suite struct RedisReplyTests {
    private func read(_ text: String) throws -> RedisReply? {
        var buffer = ByteBuffer(string: text)
        return try RedisReply.read(&buffer)
    }

    @Test func `each kind of answer is told from the others`() throws {
        #expect(try read("+OK\r\n") == .text(Array("OK".utf8)))
        #expect(try read(":-7\r\n") == .number(-7))
        #expect(try read("$3\r\na\nb\r\n") == .text(Array("a\nb".utf8)))
        #expect(try read("$0\r\n\r\n") == .text([]))
        #expect(try read("$-1\r\n") == .nothing)
        #expect(try read("-ERR no\r\n") == .error("ERR no"))
    }

    @Test func `answers that came together are read one by one, and half ones later`() throws {
        let whole = "+OK\r\n$2\r\n12\r\n:5\r\n"
        for cut in 0...whole.utf8.count {
            var buffer = ByteBuffer()
            var replies: [RedisReply] = []
            for part in [whole.prefix(cut), whole.dropFirst(cut)] {
                buffer.writeString(String(part))
                while let reply = try RedisReply.read(&buffer) { replies.append(reply) }
            }
            #expect(replies == [.text(Array("OK".utf8)), .text(Array("12".utf8)), .number(5)])
        }
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n", "\r\n", ":x\r\n", "$x\r\n", "$99999999\r\n", "$1\r\nabc", ":1\n"])
    func `what is no answer is refused`(text: String) {
        #expect(throws: RedisSyntaxError.self) { try read(text) }
    }

    @Test func `a line without end is not collected for ever`() {
        let text = "+" + String(repeating: "x", count: RedisReply.longest + 1)
        #expect(throws: RedisSyntaxError.self) { try read(text) }
    }

    @Test func `a count is a number however it is told, and nothing is none yet`() {
        #expect(RedisReply.number(3).count == 3)
        #expect(RedisReply.text(Array("4".utf8)).count == 4)
        #expect(RedisReply.nothing.count == 0)
        #expect(RedisReply.text(Array("x".utf8)).count == nil)
        #expect(RedisReply.error("5").count == nil)
    }
}
