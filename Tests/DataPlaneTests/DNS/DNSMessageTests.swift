// The packet reader: what it makes of well-formed answers and of hostile ones.

import DataPlane
import Testing

@Suite struct DNSMessageTests {
    @Test func `an address record is read with its time to live`() throws {
        var packet = Packet(answers: 1)
        packet.add(type: 1, timeToLive: 300, data: [10, 0, 0, 7])
        let message = try #require(DNSMessage(packet.bytes))
        let found = message.records(of: .a, for: "a.test")
        #expect(found.timeToLive == 300)
        #expect(found.records.map(\.content) == [.address(try #require(address("10.0.0.7")))])
    }

    @Test func `a chain of aliases is followed and the smallest time to live counts`() throws {
        var packet = Packet(answers: 2)
        packet.add(type: 5, timeToLive: 5, data: Packet.name("b.test"))
        packet.add(owner: Packet.name("B.Test"), type: 1, timeToLive: 300, data: [10, 0, 0, 8])
        let found = try #require(DNSMessage(packet.bytes)).records(of: .a, for: "a.test")
        #expect(found.timeToLive == 5)
        #expect(found.records.count == 1)
    }

    @Test func `a loop of aliases ends without an answer`() throws {
        var packet = Packet(answers: 2)
        packet.add(type: 5, data: Packet.name("b.test"))
        packet.add(owner: Packet.name("b.test"), type: 5, data: Packet.name("a.test"))
        #expect(try #require(DNSMessage(packet.bytes)).records(of: .a, for: "a.test").records.isEmpty)
    }

    @Test func `a service record is read with priority, weight, port and target`() throws {
        var packet = Packet(type: .srv, answers: 1)
        packet.add(type: 33, data: [0, 1, 0, 2, 0x1F, 0x90] + Packet.name("t.test"))
        let found = try #require(DNSMessage(packet.bytes)).records(of: .srv, for: "a.test")
        let expected = ServiceRecord(target: "t.test", port: 8080, weight: 2, priority: 1)
        #expect(found.records.map(\.content) == [.service(expected)])
    }

    @Test func `records of other types and classes are passed over`() throws {
        var packet = Packet(answers: 2)
        packet.add(type: 16, data: [3, 0x61, 0x62, 0x63])
        packet.add(type: 28, data: [UInt8](repeating: 0, count: 15) + [1])
        let message = try #require(DNSMessage(packet.bytes))
        #expect(message.answers == [try #require(record("a.test", "::1"))])
    }

    @Test func `the response code is read`() throws {
        #expect(try #require(DNSMessage(Packet(code: 3, answers: 0).bytes)).responseCode == 3)
    }

    @Test func `a time to live with the top bit set counts as zero`() throws {
        var packet = Packet(answers: 1)
        packet.add(type: 1, timeToLive: 0x8000_0000, data: [10, 0, 0, 7])
        #expect(try #require(DNSMessage(packet.bytes)).answers.first?.timeToLive == 0)
    }

    @Test func `a packet cut off anywhere is refused`() {
        var packet = Packet(answers: 2)
        packet.add(type: 33, data: [0, 1, 0, 2, 0x1F, 0x90] + Packet.name("t.test"))
        packet.add(type: 1, data: [10, 0, 0, 7])
        for length in packet.bytes.indices {
            #expect(DNSMessage(Array(packet.bytes[..<length])) == nil)
        }
    }

    @Test func `a compression pointer that does not lead backwards is refused`() {
        var packet = Packet(answers: 1)
        let here = UInt8(packet.bytes.count)
        packet.add(owner: [0xC0, here], type: 1, data: [10, 0, 0, 7])
        #expect(DNSMessage(packet.bytes) == nil)
    }

    @Test func `any byte may be flipped without harm`() {
        var packet = Packet(answers: 2)
        packet.add(type: 5, data: [1, 0x62, 0xC0, 14])
        packet.add(owner: [1, 0x62, 0xC0, 14], type: 1, data: [10, 0, 0, 7])
        for index in packet.bytes.indices {
            for value in [0, 1, 0x3F, 0x40, 0xC0, 0xFF] as [UInt8] {
                var damaged = packet.bytes
                damaged[index] = value
                _ = DNSMessage(damaged)?.records(of: .a, for: "a.test")
            }
        }
    }

    @Test func `an address record of the wrong length is refused`() {
        var packet = Packet(answers: 1)
        packet.add(type: 1, data: [10, 0, 0])
        #expect(DNSMessage(packet.bytes) == nil)
    }
}
