// A receiver of datagrams on the loopback interface: what StatsD servers and Datadog agents are for a gateway.

import Glibc

final class DatagramReceiver {
    let port: Int
    private let descriptor: Int32

    init() throws {
        for _ in 0..<200 {
            let port = Int.random(in: 20_000..<32_000)
            let address = try LocalAddress(port: port)
            let made = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            if bind(made, address.pointer, address.count) == 0 {
                (descriptor, self.port) = (made, port)
                return
            }
            Glibc.close(made)
        }
        throw SocketFault("no free port for datagrams")
    }

    deinit { Glibc.close(descriptor) }

    /// Waits for that many datagrams, 20 s for each at most, and gives their texts.
    func texts(_ count: Int) throws -> [String] {
        try (0..<count).map { place in
            guard let text = receive(within: 20_000) else { throw SocketFault("\(place) datagrams and no more") }
            return text
        }
    }

    /// Nil when none comes within the time, in milliseconds.
    func receive(within milliseconds: Int32) -> String? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
