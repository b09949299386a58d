// One place that requests of an upstream are sent to: an address of a target, or a name that is resolved again and
// again.

import NIOCore

/// Where a peer is.
enum PeerPlace: Sendable, Hashable {
    case address(HostAddress)
    /// Resolved for each request: a name with a lifetime of 0, the target of an SRV record, or a name whose first
    /// lookup has not ended yet.
    case name(String)
}

/// A member of a distribution. The same object stays while its place does, whatever happens to others.
package final class Peer: Sendable {
    struct Identity: Sendable, Hashable {
        /// The target's name.
        let host: String
        let place: PeerPlace
        let port: Int
    }

    let identity: Identity
    package let health: PeerHealth
    package let load = PeerLoad()
    /// The address to connect to; nil for a name.
    let address: SocketAddress?
    /// The name told in a TLS handshake; nil for an address (RFC 6066, section 3).
    let serverName: String?
    private let plainHostHeader: [UInt8]
    private let secureHostHeader: [UInt8]

    init(_ identity: Identity, health: PeerHealth) {
        self.identity = identity
        self.health = health
        if case .address(let found) = identity.place {
            address = found.socketAddress(port: identity.port)
        } else {
            address = nil
        }
        serverName = HostAddress(literal: identity.host) == nil ? identity.host : nil
        plainHostHeader = Array((identity.port == 80 ? identity.host : "\(identity.host):\(identity.port)").utf8)
        secureHostHeader = Array((identity.port == 443 ? identity.host : "\(identity.host):\(identity.port)").utf8)
    }

    /// The target's name for the Host header, with the port unless it is the protocol's own.
    func hostHeader(usesTLS: Bool) -> [UInt8] {
        usesTLS ? secureHostHeader : plainHostHeader
    }

    /// For log lines.
    package var description: String {
        "\(identity.host):\(identity.port)" + (address?.ipAddress.map { " (\($0))" } ?? "")
    }
}
