// Tells systemd what the node is about, for a unit with Type=notify: sd_notify(3)'s protocol, a datagram to the socket
// that NOTIFY_SOCKET names. Written out here, since libsystemd is more code than the whole master process.

import Glibc

/// The supervisor's end of the notifications.
package struct SystemdNotification: Sendable {
    package enum Message: Sendable, Equatable {
        /// The node serves, with a line for `systemctl status`.
        case ready(String)
        /// A new worker is being started; `.ready` follows, whether it came to serve or not.
        case reloading
        case stopping
    }

    package static let variable = "NOTIFY_SOCKET"

    /// A `sockaddr_un`: the family, then the path without a zero at its end.
    private let address: [UInt8]

    /// - Parameter path: NOTIFY_SOCKET's value; "@" at its start stands for Linux' abstract names.
    /// - Returns: nil when nobody asks to be told.
    package init?(_ path: String?) {
        guard let path, path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count < 108 else { return nil }
        var name = Array(path.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        let family = UInt16(AF_UNIX)
        address = [UInt8(truncatingIfNeeded: family), UInt8(family >> 8)] + name
    }

    /// A message that cannot be delivered is lost: the supervisor's timeouts deal with that.
    package func send(_ message: Message) {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array(message.text.utf8)
        // The C interface wants the address as a structure of another type than the one it really is.
        _ = address.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { address in
                sendto(descriptor, text, text.count, 0, address.baseAddress, socklen_t(bytes.count))
            }
        }
    }
}

extension SystemdNotification.Message {
    package var text: String {
        switch self {
        case .ready(let status): "READY=1\nSTATUS=\(status)"
        // From version 253 on systemd tells by the time stamp which reload is meant.
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Int(Moment.now * 1e6))\nSTATUS=reloading"
        case .stopping: "STOPPING=1\nSTATUS=stopping"
        }
    }
}
