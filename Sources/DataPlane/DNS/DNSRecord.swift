// The DNS records the gateway works with.

/// The record types that are asked for; the numbers are those of RFC 1035, 2782 and 3596.
package enum RecordType: UInt16, Sendable, Hashable {
    case a = 1
    case cname = 5
    case aaaa = 28
    case srv = 33
}

/// One target of an SRV answer (RFC 2782).
package struct ServiceRecord: Sendable, Hashable {
    package let target: String
    package let port: Int
    package let weight: Int
    package let priority: Int

    package init(target: String, port: Int, weight: Int, priority: Int) {
        self.target = target
        self.port = port
        self.weight = weight
        self.priority = priority
    }
}

/// One record of an answer. Names are in lower case and without the final dot.
package struct DNSRecord: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case address(HostAddress)
        case alias(String)
        case service(ServiceRecord)
    }

    package let name: String
    package let type: RecordType
    /// Seconds.
    package let timeToLive: UInt32
    package let content: Content

    package init(name: String, type: RecordType, timeToLive: UInt32, content: Content) {
        self.name = name
        self.type = type
        self.timeToLive = timeToLive
        self.content = content
    }
}
