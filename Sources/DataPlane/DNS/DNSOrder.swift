// The record types a name is tried with (setting dns_order).

/// One entry of the order.
package enum DNSOrder: String, Sendable, CaseIterable {
    /// The type that answered last time for this name.
    case last = "LAST"
    case srv = "SRV"
    case a = "A"
    case aaaa = "AAAA"
    case cname = "CNAME"

    /// Kong's default.
    package static let standard: [DNSOrder] = [.last, .srv, .a, .cname]

    /// Reads an entry in any case.
    package init?(name: String) {
        self.init(rawValue: name.uppercased())
    }

    /// Nil for `last`, which depends on the name.
    var type: RecordType? {
        switch self {
        case .last: nil
        case .srv: .srv
        case .a: .a
        case .aaaa: .aaaa
        case .cname: .cname
        }
    }
}
