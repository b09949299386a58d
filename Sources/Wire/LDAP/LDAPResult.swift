// The answer to a bind or to StartTLS (RFC 4511, section 4.1.9), read from bytes that a server sent: everything is
// bounds-checked, and nothing is taken that is not exactly as it should be.

/// What a server says to a request.
package struct LDAPResult: Sendable, Equatable {
    package enum Operation: Sendable {
        case bind, extended
    }

    /// The request's; 0 for what nobody asked for, such as the notice that the server is about to close.
    package let id: Int32
    package let operation: Operation
    /// 0 for success, 49 for wrong credentials (appendix A).
    package let code: Int32
    /// What the server has to say about it.
    package let text: [UInt8]

    package init(id: Int32, operation: Operation, code: Int32, text: [UInt8] = []) {
        self.id = id
        self.operation = operation
        self.code = code
        self.text = text
    }
}

package enum LDAPReading: Equatable {
    /// An answer, and how many bytes it takes.
    case result(LDAPResult, byteCount: Int)
    case needMore
    case malformed

    /// How large a message may be.
    static let largestMessage = 64 << 10

    /// Reads the message at the start of `bytes`.
    package init(_ bytes: Span<UInt8>) {
        var reader = BERReader(range: 0..<bytes.count)
        guard let message = reader.header(bytes, .sequence) else {
            // A header has at most six octets.
            self = bytes.count < 6 && reader.isPlausible(bytes) ? .needMore : .malformed
            return
        }
        guard message.count <= Self.largestMessage else {
            self = .malformed
            return
        }
        guard message.upperBound <= bytes.count else {
            self = .needMore
            return
        }
        if let result = Self.result(bytes, message) {
            self = .result(result, byteCount: message.upperBound)
        } else {
            self = .malformed
        }
    }

    private static func result(_ bytes: Span<UInt8>, _ message: Range<Int>) -> LDAPResult? {
        var reader = BERReader(range: message)
        guard let id = reader.integer(bytes, .integer) else { return nil }
        let operation: LDAPResult.Operation
        let content: Range<Int>
        if let found = reader.element(bytes, .bindResponse) {
            (operation, content) = (.bind, found)
        } else if let found = reader.element(bytes, .extendedResponse) {
            (operation, content) = (.extended, found)
        } else {
            return nil
        }
        var fields = BERReader(range: content)
        guard let code = fields.integer(bytes, .enumerated), fields.element(bytes, .octetString) != nil,
            let text = fields.element(bytes, .octetString)
        else { return nil }
        return LDAPResult(id: id, operation: operation, code: code, text: text.map { bytes[$0] })
    }
}

/// Reads elements of BER one after the other. Lengths are definite, as LDAP has them.
private struct BERReader {
    private var position: Int
    private let end: Int

    init(range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The content of the next element, if it has that tag and lies within the range.
    mutating func element(_ bytes: Span<UInt8>, _ tag: LDAPTag) -> Range<Int>? {
        let start = position
        guard let content = header(bytes, tag), content.upperBound <= end else {
            position = start
            return nil
        }
        position = content.upperBound
        return content
    }

    /// A number of at most 32 bits that is not negative.
    mutating func integer(_ bytes: Span<UInt8>, _ tag: LDAPTag) -> Int32? {
        guard let content = element(bytes, tag), (1...4).contains(content.count), bytes[content.lowerBound] < 0x80
        else { return nil }
        return content.reduce(0) { $0 << 8 | Int32(bytes[$1]) }
    }

    /// The content of the next element, which may end beyond the range.
    mutating func header(_ bytes: Span<UInt8>, _ tag: LDAPTag) -> Range<Int>? {
        guard end - position >= 2, bytes[position] == tag.rawValue else { return nil }
        let first = Int(bytes[position + 1])
        position += 2
        guard first >= 0x80 else { return position..<(position + first) }
        let octets = first - 0x80
        guard (1...4).contains(octets), end - position >= octets else { return nil }
        var count = 0
        for _ in 0..<octets {
            count = count << 8 | Int(bytes[position])
            position += 1
        }
        return position..<(position + count)
    }

    /// Whether more bytes could make a message of what is there.
    func isPlausible(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0 else { return true }
        guard bytes[0] == LDAPTag.sequence.rawValue else { return false }
        return bytes.count == 1 || (0x81...0x84).contains(bytes[1])
    }
}
