// Reads a DNS answer (RFC 1035 section 4). c-ares hands over the raw packet; its own parsers lose the TTLs of SRV and
// CNAME records, which the cache needs.

/// The parts of an answer the resolver uses.
package struct DNSMessage: Sendable, Equatable {
    /// 0 no error, 2 server failure, 3 name error, 5 refused.
    package let responseCode: Int
    /// The records of the answer section that are of a type known here.
    package let answers: [DNSRecord]

    /// Nil for bytes that are no well-formed message.
    package init?(_ bytes: [UInt8]) {
        var reader = DNSReader(bytes)
        guard reader.skip(2), let flags = reader.number(), let questions = reader.number(),
            let count = reader.number(), reader.skip(4)
        else { return nil }
        for _ in 0..<questions {
            guard reader.name() != nil, reader.skip(4) else { return nil }
        }
        var answers: [DNSRecord] = []
        for _ in 0..<count {
            guard let record = reader.record() else { return nil }
            if let known = record.known { answers.append(known) }
        }
        responseCode = Int(flags & 15)
        self.answers = answers
    }

    package init(responseCode: Int, answers: [DNSRecord]) {
        self.responseCode = responseCode
        self.answers = answers
    }

    /// The records of one type at the end of the chain of aliases that starts at a name, and the smallest TTL on the
    /// way in seconds.
    package func records(
        of type: RecordType, for name: String
    ) -> (records: [DNSRecord], timeToLive: UInt32) {
        var name = name
        var timeToLive = UInt32.max
        // Every step uses up one record, so a loop of aliases ends.
        for _ in 0...answers.count {
            let found = answers.filter { $0.type == type && $0.name == name }
            if !found.isEmpty {
                return (found, found.reduce(timeToLive) { min($0, $1.timeToLive) })
            }
            guard let alias = answers.first(where: { $0.type == .cname && $0.name == name }),
                case .alias(let next) = alias.content
            else { break }
            timeToLive = min(timeToLive, alias.timeToLive)
            name = next
        }
        return ([], timeToLive)
    }
}

/// Walks through a packet; every read is checked against its end.
private struct DNSReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func skip(_ count: Int) -> Bool {
        position += count
        return position <= bytes.count
    }

    mutating func number() -> UInt16? {
        guard position + 2 <= bytes.count else { return nil }
        defer { position += 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    /// A name, with compression pointers followed (section 4.1.4). A pointer must lead backwards, so the walk ends.
    mutating func name() -> String? {
        var text: [UInt8] = []
        var at = position
        var limit = bytes.count
        var end: Int?
        while at < limit {
            let length = Int(bytes[at])
            if length == 0 {
                position = end ?? at + 1
                return String(decoding: text, as: UTF8.self)
            }
            if length >= 0xC0 {
                guard at + 1 < bytes.count else { return nil }
                end = end ?? at + 2
                let target = (length & 0x3F) << 8 | Int(bytes[at + 1])
                guard target < at else { return nil }
                limit = min(limit, at)
                at = target
            } else {
                guard length < 0x40, at + length < bytes.count, text.count + length < 255 else { return nil }
                if !text.isEmpty { text.append(0x2E) }
                text += bytes[at + 1...at + length].map(lowercased)
                at += length + 1
            }
        }
        return nil
    }

    /// A record; `known` is nil for a type or class that is not used here.
    mutating func record() -> (known: DNSRecord?, end: Int)? {
        guard let owner = name(), let type = number(), let recordClass = number(),
            let high = number(), let low = number(), let length = number(), position + Int(length) <= bytes.count
        else { return nil }
        let end = position + Int(length)
        defer { position = end }
        guard recordClass == 1, let type = RecordType(rawValue: type) else { return (nil, end) }
        guard let content = content(type, length: Int(length)) else { return nil }
        let seconds = UInt32(high) << 16 | UInt32(low)
        // RFC 2181 section 8: a TTL with the top bit set counts as zero.
        let timeToLive = seconds > Int32.max ? 0 : seconds
        return (DNSRecord(name: owner, type: type, timeToLive: timeToLive, content: content), end)
    }

    private mutating func content(_ type: RecordType, length: Int) -> DNSRecord.Content? {
        let data = bytes[position..<position + length]
        switch type {
        case .a, .aaaa:
            guard length == (type == .a ? 4 : 16) else { return nil }
            return HostAddress(packed: Array(data)).map { .address($0) }
        case .cname: return name().map { .alias($0) }
        case .srv:
            guard let priority = number(), let weight = number(), let port = number(), let target = name() else {
                return nil
            }
            return .service(
                ServiceRecord(target: target, port: Int(port), weight: Int(weight), priority: Int(priority)))
        }
    }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}
