// Builds DNS packets by hand for the parser's tests.

import DataPlane

/// An answer under construction; names are written without compression unless bytes say otherwise.
struct Packet {
    private(set) var bytes: [UInt8]

    init(code: UInt8 = 0, question: String = "a.test", type: RecordType = .a, answers: UInt8) {
        bytes = [0x12, 0x34, 0x81, 0x80 | code, 0, 1, 0, answers, 0, 0, 0, 0]
        bytes += Packet.name(question) + [0, UInt8(type.rawValue), 0, 1]
    }

    /// - Parameter owner: the name's bytes; the default points at the question.
    mutating func add(owner: [UInt8] = [0xC0, 12], type: UInt8, timeToLive: UInt32 = 60, data: [UInt8]) {
        bytes += owner + [0, type, 0, 1]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: timeToLive >> (24 - 8 * UInt32($0))) }
        bytes += [0, UInt8(data.count)] + data
    }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
}

/// A literal that is known to be an address.
func address(_ text: String) -> HostAddress? {
    HostAddress(literal: text)
}

/// The record a server would send.
func record(_ name: String, _ literal: String, timeToLive: UInt32 = 60) -> DNSRecord? {
    address(literal).map {
        DNSRecord(name: name, type: literal.contains(":") ? .aaaa : .a, timeToLive: timeToLive, content: .address($0))
    }
}
