// One span as Zipkin's API (version 2) takes it.

import Schema
import Wire

struct ZipkinSpan {
    /// Who was talked to. Without a port it is told as a tag.
    struct Peer {
        var address: [UInt8]?
        var port: Int?

        var addressName: StaticString { address?.contains(Ascii.dot) == true ? "ipv4" : "ipv6" }
    }

    let name: StaticString
    let id: UInt64
    let parent: UInt64?
    /// In milliseconds since the epoch.
    let start: Int64
    let end: Int64
    var kind: StaticString?
    var serviceName: [UInt8]?
    var peer = Peer()
    var tags: [(name: StaticString, value: [UInt8])] = []

    init(_ name: StaticString, id: UInt64, parent: UInt64?, from start: Int64, to end: Int64) {
        self.name = name
        self.id = id
        self.parent = parent
        self.start = start
        self.end = max(end, start)
    }

    mutating func tag(_ name: StaticString, _ value: [UInt8]?) {
        if let value { tags.append((name, value)) }
    }

    mutating func tag(_ name: StaticString, _ number: Int) {
        tags.append((name, Array(String(number).utf8)))
    }

    /// Appends the span as JSON.
    ///
    /// - Parameter traceID: its hexadecimal digits.
    func write(traceID: [UInt8], to text: inout [UInt8]) {
        text.append(plain: #"{"traceId":""#)
        text += traceID
        text.append(plain: #"","id":""#)
        text.append(hexadecimal: id)
        if let parent {
            text.append(plain: #"","parentId":""#)
            text.append(hexadecimal: parent)
        }
        text.append(plain: #"","name":""#)
        text.append(plain: name)
        if let kind {
            text.append(plain: #"","kind":""#)
            text.append(plain: kind)
        }
        text.append(plain: #"","timestamp":"#)
        text.append(decimal: start * 1000)
        text.append(plain: #","duration":"#)
        text.append(decimal: (end - start) * 1000)
        writeEndpoints(to: &text)
        writeTags(to: &text)
        text.append(plain: "}")
    }

    private func writeEndpoints(to text: inout [UInt8]) {
        text.append(plain: #","localEndpoint":"#)
        if let serviceName {
            text.append(plain: #"{"serviceName":"#)
            JSON.write(serviceName.span, to: &text)
            text.append(plain: "}")
        } else {
            text.append(plain: "null")
        }
        text.append(plain: #","remoteEndpoint":"#)
        guard let port = peer.port else { return text.append(plain: "null") }
        text.append(plain: "{")
        if let address = peer.address {
            text.append(plain: #"""#)
            text.append(plain: peer.addressName)
            text.append(plain: #"":"#)
            JSON.write(address.span, to: &text)
            text.append(plain: ",")
        }
        text.append(plain: #""port":"#)
        text.append(decimal: Int64(port))
        text.append(plain: "}")
    }

    private func writeTags(to text: inout [UInt8]) {
        text.append(plain: #","tags":{"#)
        var isFirst = true
        for tag in tags {
            if !isFirst { text.append(plain: ",") }
            isFirst = false
            text.append(plain: #"""#)
            text.append(plain: tag.name)
            text.append(plain: #"":"#)
            JSON.write(tag.value.span, to: &text)
        }
        if peer.port == nil, let address = peer.address {
            text.append(plain: isFirst ? #""peer."# : #","peer."#)
            text.append(plain: peer.addressName)
            text.append(plain: #"":"#)
            JSON.write(address.span, to: &text)
        }
        text.append(plain: "}")
    }
}

extension [UInt8] {
    fileprivate mutating func append(plain text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Sixteen digits.
    mutating func append(hexadecimal word: UInt64) {
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
            append(digit < 10 ? Ascii.zero + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    mutating func append(decimal number: Int64) {
        if number < 0 { append(Ascii.dash) }
        let start = count
        var rest = number.magnitude
        repeat {
            append(Ascii.zero + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}
