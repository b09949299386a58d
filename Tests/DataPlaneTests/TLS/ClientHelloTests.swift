// What a ClientHello says, however it is cut into records and reads.

import DataPlane
import Testing

struct ClientHelloTests {
    private static func block(_ bytes: [UInt8], lengthBytes: Int) -> [UInt8] {
        (0..<lengthBytes).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) } + bytes
    }

    private static func nameExtension(_ name: String) -> [UInt8] {
        [0, 0] + block(block([0] + block(Array(name.utf8), lengthBytes: 2), lengthBytes: 2), lengthBytes: 2)
    }

    /// A handshake message with these extensions; nil for the form without any.
    private static func message(_ extensions: [UInt8]?) -> [UInt8] {
        var body: [UInt8] = [3, 3] + [UInt8](repeating: 7, count: 32)
        body += block([1, 2, 3], lengthBytes: 1) + block([0x13, 1], lengthBytes: 2) + block([0], lengthBytes: 1)
        if let extensions { body += block(extensions, lengthBytes: 2) }
        return [1] + block(body, lengthBytes: 3)
    }

    private static func record(_ fragment: some Sequence<UInt8>) -> [UInt8] {
        [22, 3, 1] + block(Array(fragment), lengthBytes: 2)
    }

    private func name(_ bytes: [UInt8]) -> String? {
        guard case .complete(let hello) = ClientHello.read(bytes), let name = hello.serverName else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    private static let others: [UInt8] = [0, 10, 0, 2, 0, 29, 0, 16, 0, 0]

    /// What a message without a name says.
    private static let plain = {
        var hello = ClientHello()
        hello.newestVersion = 0x0303
        hello.ciphers = [0x1301]
        return hello
    }()

    @Test func `the name is found among other extensions`() {
        let message = Self.message(Self.others + Self.nameExtension("A.test") + Self.others)
        #expect(name(Self.record(message)) == "A.test")
        #expect(name(Self.record(message) + [22, 3, 1]) == "A.test")
    }

    @Test func `a client need not tell a name`() {
        #expect(ClientHello.read(Self.record(Self.message(nil))) == .complete(Self.plain))
        #expect(ClientHello.read(Self.record(Self.message(Self.others))) == .complete(Self.plain))
        #expect(name(Self.record(Self.message(Self.nameExtension("")))) == nil)
    }

    @Test func `versions and groups are those of the extensions`() {
        let groups: [UInt8] = [0, 10, 0, 6, 0, 4, 0, 29, 0, 23]
        let versions: [UInt8] = [0, 43, 0, 7, 6, 0x7A, 0x7A, 3, 4, 3, 3]
        var expected = Self.plain
        expected.groups = [29, 23]
        expected.newestVersion = 0x0304
        #expect(ClientHello.read(Self.record(Self.message(groups + versions))) == .complete(expected))
    }

    @Test func `every beginning asks for more`() {
        let bytes = Self.record(Self.message(Self.nameExtension("a.test")))
        for count in 1..<bytes.count { #expect(ClientHello.read(Array(bytes[..<count])) == .needMore, "\(count)") }
    }

    @Test func `the message may be spread over records`() {
        let message = Self.message(Self.nameExtension("a.test"))
        for cut in 1..<message.count {
            #expect(name(Self.record(message[..<cut]) + Self.record(message[cut...])) == "a.test")
        }
    }

    @Test func `what is no ClientHello is known at once`() {
        #expect(ClientHello.read(Array("GET / HTTP/1.1\r\n".utf8)) == .invalid)
        #expect(ClientHello.read([21]) == .invalid)
        #expect(ClientHello.read(Self.record([2, 0, 0, 1, 0])) == .invalid)
        #expect(ClientHello.read(Self.record([])) == .invalid)
        #expect(ClientHello.read(Self.record([1, 0xFF, 0, 0])) == .invalid)
        #expect(ClientHello.read(Self.record([1, 0, 0, 2, 3, 3])) == .invalid)
    }

    @Test func `lengths that point beyond their block are refused`() {
        var message = Self.message(Self.nameExtension("a.test"))
        message[message.count - 9] = 0xFF
        #expect(ClientHello.read(Self.record(message)) == .complete(Self.plain))
        message = Self.message([0, 0, 0, 9, 1])
        #expect(ClientHello.read(Self.record(message)) == .invalid)
    }

    @Test func `changed bytes crash nothing`() {
        let bytes = Self.record(Self.message(Self.others + Self.nameExtension("a.test")))
        for place in bytes.indices {
            for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
                var changed = bytes
                changed[place] = value
                _ = ClientHello.read(changed)
            }
        }
    }
}
