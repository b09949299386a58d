// The first message of a TLS handshake, read before the handshake begins: the server name decides with which
// certificate it is done, or, for streams, where the connection goes; the ciphers decide which of ours it gets.

/// A TLS ClientHello (RFC 8446, section 4.1.2; the same in TLS 1.0 to 1.2).
package struct ClientHello: Sendable, Equatable {
    /// The name that the client wants to reach (RFC 6066, section 3), as it was sent.
    package var serverName: [UInt8]?
    /// The newest version that it speaks, by its number on the wire: 0x0303 is TLS 1.2, 0x0304 TLS 1.3.
    package var newestVersion = 0
    /// The ciphers that it takes, by their numbers on the wire, in its order.
    package var ciphers: [Int] = []
    /// The groups for the exchange of keys (RFC 8422, section 5.1.1); empty when it names none.
    package var groups: [Int] = []

    package init() {}

    /// What the first bytes of a connection are.
    package enum Reading: Sendable, Equatable {
        case complete(ClientHello)
        case needMore
        /// No ClientHello, or one that is against the rules.
        case invalid
    }

    /// The record type of a TLS handshake (RFC 8446, section 5.1).
    package static let handshakeRecord: UInt8 = 22
    private static let clientHelloMessage = 1
    /// More than any client sends, and all that the TLS library would take.
    private static let maxMessageBytes = 16 << 10

    /// Reads the ClientHello at the start of a connection. It may be spread over several records.
    package static func read(_ bytes: [UInt8]) -> Reading {
        var records = ByteReader(bytes[...])
        var message: [UInt8] = []
        while let header = records.take(3), let fragment = records.takeBlock(lengthBytes: 2) {
            guard header.first == handshakeRecord, !fragment.isEmpty else { return .invalid }
            message += fragment
            if let reading = read(message: message) { return reading }
        }
        if let kind = bytes.first, kind != handshakeRecord { return .invalid }
        return bytes.count > maxMessageBytes ? .invalid : .needMore
    }

    /// Nil while the message is not complete.
    private static func read(message: [UInt8]) -> Reading? {
        var reader = ByteReader(message[...])
        guard let kind = reader.takeNumber(1) else { return nil }
        guard kind == clientHelloMessage else { return .invalid }
        guard let length = reader.takeNumber(3) else { return nil }
        guard length <= maxMessageBytes else { return .invalid }
        guard let body = reader.take(length) else { return nil }
        return parse(body).map { .complete($0) } ?? .invalid
    }

    private static func parse(_ body: ArraySlice<UInt8>) -> ClientHello? {
        var reader = ByteReader(body)
        let randomBytes = 32
        guard let version = reader.takeNumber(2), reader.take(randomBytes) != nil,
            reader.takeBlock(lengthBytes: 1) != nil, let ciphers = reader.takeBlock(lengthBytes: 2),
            reader.takeBlock(lengthBytes: 1) != nil
        else { return nil }
        var hello = ClientHello()
        hello.newestVersion = version
        hello.ciphers = ByteReader(ciphers).pairs
        if reader.isAtEnd { return hello }
        guard let block = reader.takeBlock(lengthBytes: 2) else { return nil }
        var extensions = ByteReader(block)
        while !extensions.isAtEnd {
            guard let kind = extensions.takeNumber(2), let value = extensions.takeBlock(lengthBytes: 2) else {
                return nil
            }
            hello.take(kind, ByteReader(value))
        }
        return hello
    }

    /// Takes an extension over. What is wrong in one is left to the TLS library to find.
    private mutating func take(_ kind: Int, _ value: ByteReader) {
        var value = value
        switch kind {
        case 0: serverName = value.takeBlock(lengthBytes: 2).flatMap(Self.hostName)
        case 10: groups = value.takeBlock(lengthBytes: 2).map { ByteReader($0).pairs } ?? []
        case 43:
            // Beside those that are known there may be numbers that mean nothing (RFC 8701).
            let versions = value.takeBlock(lengthBytes: 1).map { ByteReader($0).pairs } ?? []
            newestVersion = versions.filter { $0 <= 0x0304 }.max() ?? newestVersion
        default: break
        }
    }

    /// The host name in a list of a server_name extension.
    private static func hostName(_ block: ArraySlice<UInt8>) -> [UInt8]? {
        var names = ByteReader(block)
        guard names.takeNumber(1) == 0, let name = names.takeBlock(lengthBytes: 2), !name.isEmpty else { return nil }
        return Array(name)
    }
}

/// Takes numbers and blocks off the front of some bytes.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// All of it as numbers of two bytes.
    var pairs: [Int] {
        var reader = self
        var numbers: [Int] = []
        while let number = reader.takeNumber(2) { numbers.append(number) }
        return numbers
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A number in network byte order.
    mutating func takeNumber(_ bytes: Int) -> Int? {
        take(bytes)?.reduce(0) { $0 << 8 | Int($1) }
    }

    /// A block with its length before it; nothing is taken when it is not all there.
    mutating func takeBlock(lengthBytes: Int) -> ArraySlice<UInt8>? {
        var ahead = self
        guard let count = ahead.takeNumber(lengthBytes), let block = ahead.take(count) else { return nil }
        self = ahead
        return block
    }
}
