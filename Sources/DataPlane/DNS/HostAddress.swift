// An address as DNS answers and the hosts file give it, and how it becomes the address NIO connects to.

import NIOCore

/// An IPv4 or IPv6 address.
package struct HostAddress: Sendable, Hashable {
    /// Port 0: NIO's form is kept because all that is ever done with an address is to connect to it.
    private let template: SocketAddress

    /// Reads an address as text, IPv6 also in brackets; nil for anything else.
    package init?(literal text: String) {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let bare = isBracketed ? String(text.dropFirst().dropLast()) : text
        guard let template = try? SocketAddress(ipAddress: bare, port: 0) else { return nil }
        if isBracketed, case .v4 = template { return nil }
        self.template = template
    }

    /// Takes the 4 or 16 bytes of an A or AAAA record; nil for another count.
    package init?(packed bytes: [UInt8]) {
        guard let template = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0) else { return nil }
        self.template = template
    }

    /// The address to connect to, for a service whose host is an IP literal: nil for a name.
    package static func socketAddress(literal host: String, port: Int) -> SocketAddress? {
        HostAddress(literal: host)?.socketAddress(port: port)
    }

    package func socketAddress(port: Int) -> SocketAddress {
        var address = template
        address.port = port
        return address
    }

    var isIPv4: Bool {
        if case .v4 = template { true } else { false }
    }
}
