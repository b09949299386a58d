// The source or destination criteria of all routes: whether a connection could satisfy any, and whether it satisfies
// those of one route. Routes with such criteria are few and for streams, so they are looked at one by one.

struct AddressCriteria: Sendable {
    private struct Element: Sendable {
        var range: NetworkRange?
        var port: Int?
    }

    /// By place of the route in Kong's order.
    private var elements: [Int: [Element]] = [:]
    private var addresses: [NetworkRange: UInt32] = [:]
    private var ports: [Int: UInt32] = [:]
    private var ranges: [NetworkRange] = []

    /// Notes the elements of a route. Returns the numbers of the lists that Kong would put it in: one for each
    /// single address and each port, none for a range.
    mutating func add(_ rules: [AddressRule], order: Int) -> [UInt32] {
        var lists: [UInt32] = []
        for rule in rules {
            let range = rule.ip.flatMap { NetworkRange($0) }
            // An address that cannot be read matches nothing; it must not become "any address".
            if rule.ip != nil && range == nil { continue }
            elements[order, default: []].append(Element(range: range, port: rule.port))
            if let range, range.isSingle {
                lists.append(number(&addresses, range))
            } else if let range {
                ranges.append(range)
            }
            if let port = rule.port { lists.append(number(&ports, port)) }
        }
        return lists
    }

    /// Whether some route could take this end of the connection: by address, else by port, else by range.
    func couldMatch(_ peer: PeerAddress) -> Bool {
        addresses[peer.network] != nil || ports[peer.port] != nil
            || ranges.contains { $0.contains(peer.network) }
    }

    func matches(_ peer: PeerAddress, order: Int) -> Bool {
        (elements[order] ?? []).contains { element in
            (element.range?.contains(peer.network) ?? true) && (element.port.map { $0 == peer.port } ?? true)
        }
    }

    /// The numbers of the lists Kong would look for this end in: that of the address goes before that of the port.
    func lists(_ peer: PeerAddress) -> (address: UInt32?, port: UInt32?) {
        (addresses[peer.network], ports[peer.port])
    }

    /// Whether Kong has the route in the list of this address, or in that of this port.
    func isListed(_ peer: PeerAddress, order: Int, byAddress: Bool) -> Bool {
        (elements[order] ?? []).contains { byAddress ? $0.range == peer.network : $0.port == peer.port }
    }

    /// Stream routes with an element that has both an address and a port go before the others.
    static func isPrecise(_ rules: [AddressRule]) -> Bool {
        rules.contains { $0.ip != nil && $0.port != nil }
    }

    private func number<Key>(_ table: inout [Key: UInt32], _ key: Key) -> UInt32 {
        let number = table[key] ?? UInt32(addresses.count + ports.count)
        table[key] = number
        return number
    }
}
