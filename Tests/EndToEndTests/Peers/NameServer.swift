// Debian's dnsmasq as the name server of a node, with records that a test changes.

import Foundation
import Glibc

final class NameServer {
    static let isInstalled = access("/usr/sbin/dnsmasq", X_OK) == 0

    let port: Int
    private var pid: pid_t?

    /// Runs `body` with a server that knows nothing at first.
    static func with<Value>(_ body: (NameServer) throws -> Value) throws -> Value {
        let server = try NameServer()
        defer { server.stop() }
        return try body(server)
    }

    private init() throws {
        port = try LocalAddress.freePorts(1)[0]
    }

    /// Answers with these records from now on, and no others. Their lifetime is in seconds.
    func know(_ records: [String], lifetime: Int = 1) throws {
        stop()
        let words = [
            "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--log-facility=-",
            "--port=\(port)", "--listen-address=127.0.0.1", "--bind-interfaces", "--local=/test/", "--pid-file=",
            "--cache-size=0", "--local-ttl=\(lifetime)",
        ]
        pid = try Command.start("/usr/sbin/dnsmasq", words + records, output: "/dev/null")
        let listens = eventually(within: 20) {
            try Socket.connect(port: port).close()
            return true
        }
        guard listens else { throw SocketFault("dnsmasq does not listen") }
    }

    /// No answer to anything.
    func stop() {
        guard let pid else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        self.pid = nil
    }
}
