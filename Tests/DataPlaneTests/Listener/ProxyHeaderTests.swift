// The PROXY protocol's header: both versions, in whole and in parts, and what is none.

import DataPlane
import Testing

struct ProxyHeaderTests {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    private func read(_ line: String) -> ProxyHeader.Reading { ProxyHeader.read(Array(line.utf8)) }

    private func binary(_ command: UInt8, _ family: UInt8, _ block: [UInt8]) -> [UInt8] {
        Self.signature + [0x20 | command, family, UInt8(block.count >> 8), UInt8(block.count & 255)] + block
    }

    private let ends = ProxyHeader(
        source: .init(address: "10.1.2.3", port: 5000), destination: .init(address: "10.4.5.6", port: 443))
    private let block: [UInt8] = [10, 1, 2, 3, 10, 4, 5, 6, 0x13, 0x88, 0x01, 0xBB]

    @Test func `a line tells both ends`() {
        #expect(read("PROXY TCP4 10.1.2.3 10.4.5.6 5000 443\r\nGET /") == .complete(ends, byteCount: 39))
        let six = ProxyHeader(
            source: .init(address: "2001:db8::1", port: 1), destination: .init(address: "::1", port: 0))
        #expect(read("PROXY TCP6 2001:db8::1 ::1 1 0\r\n") == .complete(six, byteCount: 32))
    }

    @Test func `a line that tells nothing is one all the same`() {
        #expect(read("PROXY UNKNOWN\r\n") == .complete(ProxyHeader(), byteCount: 15))
        #expect(read("PROXY UNKNOWN whatever it says\r\nx") == .complete(ProxyHeader(), byteCount: 32))
    }

    @Test(
        arguments: [
            "GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY TCP4 10.1.2.3 10.4.5.6 5000\r\n",
            "PROXY TCP4 10.1.2.3 10.4.5.6 5000 443\n", "PROXY TCP4 10.1.2.3 10.4.5.6 05 443\r\n",
            "PROXY TCP4 10.1.2.3 10.4.5.6 70000 443\r\n", "PROXY TCP4 ::1 ::1 1 1\r\n",
            "PROXY TCP6 1.1.1.1 ::1 1 1\r\n",
            "PROXY TCP4  10.1.2.3 10.4.5.6 5000 443\r\n", "PROXY TCP4 10.1.2.3 10.4.5.6 -1 443\r\n",
            "PROXY UDP4 10.1.2.3 10.4.5.6 1 1\r\n", "PROXY TCP6 [::1] ::1 1 1\r\n", "proxy UNKNOWN\r\n",
        ])
    func `other lines are refused`(_ line: String) {
        #expect(read(line) == .invalid)
    }

    @Test func `a line that does not end is refused after 107 bytes`() {
        #expect(read("PROXY UNKNOWN " + String(repeating: "x", count: 92)) == .needMore)
        #expect(read("PROXY UNKNOWN " + String(repeating: "x", count: 93)) == .invalid)
    }

    @Test func `every part of a header asks for more`() {
        for whole in [Array("PROXY TCP4 10.1.2.3 10.4.5.6 5000 443\r\n".utf8), binary(1, 0x11, block)] {
            for count in whole.indices { #expect(ProxyHeader.read(Array(whole.prefix(count))) == .needMore) }
            #expect(ProxyHeader.read(whole + [1, 2]) == .complete(ends, byteCount: whole.count))
        }
    }

    @Test func `numbers tell both ends, and TLVs are skipped`() {
        let tlvs: [UInt8] = [0x04, 0, 2, 9, 9, 0x05, 0, 0]
        #expect(ProxyHeader.read(binary(1, 0x11, block + tlvs)) == .complete(ends, byteCount: 36))
        let six: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]
        let header = ProxyHeader(
            source: .init(address: "2001:db8::7", port: 80), destination: .init(address: "2001:db8::7", port: 81))
        #expect(ProxyHeader.read(binary(1, 0x21, six + six + [0, 80, 0, 81])) == .complete(header, byteCount: 52))
    }

    @Test func `a balancer that speaks for itself tells no ends`() {
        #expect(ProxyHeader.read(binary(0, 0, [])) == .complete(ProxyHeader(), byteCount: 16))
        #expect(ProxyHeader.read(binary(0, 0x11, block)) == .complete(ProxyHeader(), byteCount: 28))
        #expect(ProxyHeader.read(binary(1, 0, [1, 2, 3])) == .complete(ProxyHeader(), byteCount: 19))
    }

    @Test func `other numbers are refused`() {
        #expect(ProxyHeader.read(binary(2, 0x11, block)) == .invalid)
        #expect(ProxyHeader.read(binary(1, 0x41, block)) == .invalid)
        #expect(ProxyHeader.read(binary(1, 0x13, block)) == .invalid)
        #expect(ProxyHeader.read(binary(1, 0x11, Array(block.dropLast()))) == .invalid)
        #expect(ProxyHeader.read(binary(1, 0x11, block + [4, 0, 9, 1])) == .invalid)
        #expect(ProxyHeader.read(Self.signature + [0x11, 0x11, 0, 0]) == .invalid)
        #expect(ProxyHeader.read(Self.signature + [0x21, 0x11, 0xFF, 0xFF]) == .invalid)
    }
}
