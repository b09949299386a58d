// LDAP's messages byte by byte, and answers that no server should give.

import Testing
import Wire

@Suite struct LDAPMessageTests {
    private static func reading(_ bytes: [UInt8]) -> LDAPReading { LDAPReading(bytes.span) }

    /// A BindResponse with code 49 and a text.
    private static let refusal: [UInt8] =
        [0x30, 0x0F, 0x02, 0x01, 0x07, 0x61, 0x0A, 0x0A, 0x01, 49, 0x04, 0x00, 0x04, 0x03] + Array("bad".utf8)

    @Test func `a bind is written as RFC 4511 has it`() {
        let bind = LDAPRequest.bind(id: 1, name: Array("cn=a".utf8), password: Array("pw".utf8))
        #expect(
            bind == [
                0x30, 0x12, 0x02, 0x01, 0x01, 0x60, 0x0D, 0x02, 0x01, 0x03, 0x04, 0x04, 0x63, 0x6E, 0x3D, 0x61, 0x80,
                0x02, 0x70, 0x77,
            ])
    }

    @Test func `a message number with its highest bit set stays positive`() {
        #expect(LDAPRequest.startTLS(id: 128)[2...6] == [0x02, 0x02, 0x00, 0x80, 0x77])
        #expect(LDAPRequest.startTLS(id: .max)[2...7] == [0x02, 0x04, 0x7F, 0xFF, 0xFF, 0xFF])
    }

    @Test func `a long password has a length of several bytes`() {
        let bind = LDAPRequest.bind(id: 1, name: [], password: [UInt8](repeating: 0x61, count: 300))
        #expect(bind.prefix(4) == [0x30, 0x82, 0x01, 0x3C])
        #expect(bind.suffix(304).prefix(4) == [0x80, 0x82, 0x01, 0x2C])
    }

    @Test func `StartTLS names its object identifier`() {
        let request = LDAPRequest.startTLS(id: 2)
        #expect(request.prefix(9) == [0x30, 0x1D, 0x02, 0x01, 0x02, 0x77, 0x18, 0x80, 0x16])
        #expect(request.dropFirst(9) == Array("1.3.6.1.4.1.1466.20037".utf8)[...])
    }

    @Test func `an answer says its number, code and text`() {
        let expected = LDAPResult(id: 7, operation: .bind, code: 49, text: Array("bad".utf8))
        #expect(Self.reading(Self.refusal) == .result(expected, byteCount: 17))
        #expect(Self.reading(Self.refusal + [0x30]) == .result(expected, byteCount: 17))
    }

    @Test func `lengths may be longer than they need to be`() {
        // As Active Directory writes them.
        let answer: [UInt8] = [
            0x30, 0x84, 0, 0, 0, 0x10, 0x02, 0x01, 0x01, 0x61, 0x84, 0, 0, 0, 7, 0x0A, 0x01, 0, 0x04, 0, 0x04, 0,
        ]
        let expected = LDAPResult(id: 1, operation: .bind, code: 0)
        #expect(Self.reading(answer) == .result(expected, byteCount: 22))
    }

    @Test func `what follows the text of an answer is passed over`() {
        let answer: [UInt8] = [
            0x30, 0x0E, 0x02, 0x01, 0x01, 0x78, 0x09, 0x0A, 0x01, 0, 0x04, 0, 0x04, 0, 0x8A, 0,
        ]
        #expect(Self.reading(answer) == .result(LDAPResult(id: 1, operation: .extended, code: 0), byteCount: 16))
    }

    @Test func `every beginning of an answer needs more`() {
        for count in 0..<Self.refusal.count {
            #expect(Self.reading(Array(Self.refusal.prefix(count))) == .needMore, "\(count) bytes")
        }
    }

    @Test(
        arguments: [
            [0x31, 0x00],
            // An indefinite length.
            [0x30, 0x80, 0x02, 0x01, 0x01, 0x61, 0, 0],
            // A length of five octets, and one above every limit.
            [0x30, 0x85, 0, 0, 0, 0, 1],
            [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF],
            // A number that is negative, empty or too long; no number.
            [0x30, 0x03, 0x02, 0x01, 0xFF], [0x30, 0x02, 0x02, 0x00],
            [0x30, 0x07, 0x02, 0x05, 0, 0, 0, 0, 1], [0x30, 0x02, 0x04, 0x00],
            // The answer to a search.
            [0x30, 0x0C, 0x02, 0x01, 0x01, 0x65, 0x07, 0x0A, 0x01, 0, 0x04, 0, 0x04, 0],
            // A text that goes on beyond its answer.
            [0x30, 0x0C, 0x02, 0x01, 0x01, 0x61, 0x07, 0x0A, 0x01, 0, 0x04, 0, 0x04, 1],
        ] as [[UInt8]]) func `a message that is none ends the connection`(_ bytes: [UInt8])
    {
        #expect(Self.reading(bytes) == .malformed)
    }

    @Test func `no bytes at all make the reader fall`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = Self.refusal
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            if case .result(_, let count) = Self.reading(bytes) { #expect(count <= bytes.count) }
        }
    }
}
