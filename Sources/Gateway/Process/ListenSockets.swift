// The listening sockets of a node. The master opens them, so that they outlive workers and reloads.

import Glibc

/// The sockets of each address. Several share one address (SO_REUSEPORT), one for each event loop, and the kernel
/// spreads connections over them.
package struct ListenSockets {
    struct Address: Hashable {
        let ip: String
        let port: UInt16
    }

    package struct Fault: Error, Equatable {
        package let text: String
    }

    private(set) var sockets: [Address: [Int32]] = [:]

    package init() {}

    /// How many connections may wait to be accepted; the kernel caps it at net.core.somaxconn.
    private static let backlog: Int32 = 4096

    /// Opens what is missing, so that every listener has `count` sockets. What was open stays open, also more than
    /// `count`: connections that wait in a socket would be lost with it. When one cannot be opened, those that were
    /// opened by this call are closed again.
    package mutating func open(_ listeners: [ListenAddress], count: Int) throws(Fault) {
        let before = sockets
        do throws(Fault) {
            try checkForDuplicates(listeners)
            let new = listeners.filter { sockets[Address($0)] == nil }
            for listener in new { try probe(listener) }
            for listener in listeners { try extend(listener, to: count) }
        } catch {
            let kept = Set(before.values.joined())
            for socket in sockets.values.joined() where !kept.contains(socket) { close(socket) }
            sockets = before
            throw error
        }
    }

    /// Closes the sockets of all other addresses.
    package mutating func keepOnly(_ listeners: [ListenAddress]) {
        let wanted = Set(listeners.map(Address.init))
        for (address, descriptors) in sockets where !wanted.contains(address) {
            for descriptor in descriptors { close(descriptor) }
            sockets[address] = nil
        }
    }

    package mutating func closeAll() { keepOnly([]) }

    package func descriptors(_ listener: ListenAddress) -> [Int32] { sockets[Address(listener)] ?? [] }

    private func checkForDuplicates(_ listeners: [ListenAddress]) throws(Fault) {
        var seen: Set<Address> = []
        for listener in listeners where !seen.insert(Address(listener)).inserted && listener.port != 0 {
            throw Fault(text: "a duplicate listen \(listener.ip):\(listener.port)")
        }
    }

    /// Without SO_REUSEPORT a bind fails when anybody listens there, even another node of the same user. Where this
    /// node itself holds the port under another address there is nothing to find out.
    private func probe(_ listener: ListenAddress) throws(Fault) {
        if listener.port == 0 || sockets.keys.contains(where: { $0.port == listener.port }) { return }
        close(try Self.bound(listener, port: listener.port, shared: false))
    }

    private mutating func extend(_ listener: ListenAddress, to count: Int) throws(Fault) {
        let address = Address(listener)
        var descriptors = sockets[address] ?? []
        while descriptors.count < count {
            // With port 0 the system chooses one, and the other sockets must have the same.
            let port = descriptors.first.map(Self.port) ?? listener.port
            let descriptor = try Self.bound(listener, port: port, shared: true)
            guard listen(descriptor, Self.backlog) == 0 else {
                let fault = Self.fault("listen()", listener)
                close(descriptor)
                throw fault
            }
            descriptors.append(descriptor)
            sockets[address] = descriptors
        }
    }

    private static func fault(_ call: String, _ listener: ListenAddress) -> Fault {
        let fault = FileFault()
        return Fault(text: "\(call) to \(listener.ip):\(listener.port) failed (\(fault.code): \(fault.reason))")
    }
}

extension ListenSockets.Address {
    init(_ listener: ListenAddress) { self.init(ip: listener.ip, port: listener.port) }
}

// MARK: - Sockets

extension ListenSockets {
    private static func bound(_ listener: ListenAddress, port: UInt16, shared: Bool) throws(Fault) -> Int32 {
        var (address, length) = try resolve(listener, port: port)
        let family = Int32(address.ss_family)
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | nonBlocking | closeOnExec, 0)
        guard descriptor >= 0 else { throw fault("socket()", listener) }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR)
        if shared { set(descriptor, SOL_SOCKET, SO_REUSEPORT) }
        if family == AF_INET6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        if listener.transparent { set(descriptor, 0, IP_TRANSPARENT) }
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard outcome == 0 else {
            let fault = fault("bind()", listener)
            close(descriptor)
            throw fault
        }
        return descriptor
    }

    private static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
    private static let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The first address that a listener's address or name stands for.
    private static func resolve(
        _ listener: ListenAddress, port: UInt16
    ) throws(Fault) -> (address: sockaddr_storage, length: socklen_t) {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = listener.ip == "*" ? AF_INET : AF_UNSPEC
        let host = listener.ip.hasPrefix("[") ? String(listener.ip.dropFirst().dropLast()) : listener.ip
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host == "*" ? "0.0.0.0" : host, String(port), &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard code == 0, let first = found?.pointee, let source = first.ai_addr else {
            throw Fault(text: "host not found in \"\(listener.ip):\(listener.port)\" of the \"listen\" directive")
        }
        var address = sockaddr_storage()
        withUnsafeMutableBytes(of: &address) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: source, count: Int(first.ai_addrlen)))
        }
        return (address, first.ai_addrlen)
    }

    /// The port that a socket is bound to.
    private static func port(_ descriptor: Int32) -> UInt16 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        // The port lies at the same place for IPv4 and IPv6.
        return withUnsafeBytes(of: address) { UInt16($0[2]) << 8 | UInt16($0[3]) }
    }
}
