// Who can reach the Admin API: it asks nobody for a password, so a node that opens it to others says so at every start.

extension ListenAddress {
    /// Whether only this machine can reach the address.
    package var isLoopback: Bool {
        ip == "localhost" || ip == "[0000:0000:0000:0000:0000:0000:0000:0001]"
            || ip.hasPrefix("127.") && ip.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
    }
}

extension Settings {
    /// The warning of a node whose Admin API can be reached from elsewhere; nil when it can't.
    package var adminExposure: String? {
        let open = adminListeners.filter { !$0.isLoopback }.map { "\($0.ip):\($0.port)" }
        guard !open.isEmpty else { return nil }
        return "THE ADMIN API IS OPEN TO OTHER MACHINES at \(open.joined(separator: ", ")): whoever reaches it can "
            + "change everything and send your traffic anywhere. Let admin_listen name addresses of 127.0.0.1 only, "
            + "or see that nobody else gets there."
    }
}
