// Addresses on the loopback interface, and ports on it that are free.

import Glibc

/// 127.0.0.1 with a port, as the system's calls want it.
final class LocalAddress {
    private let list: UnsafeMutablePointer<addrinfo>

    init(port: Int) throws {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo("127.0.0.1", "\(port)", &hints, &found) == 0, let found else {
            throw SocketFault("no address for port \(port)")
        }
        list = found
    }

    deinit { freeaddrinfo(list) }

    var pointer: UnsafeMutablePointer<sockaddr>? { list.pointee.ai_addr }
    var count: socklen_t { list.pointee.ai_addrlen }

    /// A listening socket on a port below those that the system gives to outgoing connections.
    static func listen() throws -> (descriptor: Int32, port: Int) {
        for _ in 0..<200 {
            let port = Int.random(in: 20_000..<32_000)
            if let descriptor = try listen(port: port) { return (descriptor, port) }
        }
        throw SocketFault("no free port")
    }

    /// Nil when the port is taken.
    static func listen(port: Int) throws -> Int32? {
        let address = try LocalAddress(port: port)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        if bind(descriptor, address.pointer, address.count) == 0, Glibc.listen(descriptor, 1024) == 0 {
            return descriptor
        }
        close(descriptor)
        return nil
    }

    /// Different ports that were free a moment ago.
    static func freePorts(_ count: Int) throws -> [Int] {
        let sockets = try (0..<count).map { _ in try listen() }
        for socket in sockets { close(socket.descriptor) }
        return sockets.map(\.port)
    }
}
