// A real Redis server for the tests of limits: started by them on a free port, with what the test wants of it.

import Foundation
import Glibc

final class RedisPeer {
    static let isInstalled = access("/usr/bin/redis-server", X_OK) == 0

    let port: Int
    private let options: [String]
    private var pid: pid_t?

    /// Runs `body` with a server that runs.
    static func with<Value>(_ options: [String] = [], _ body: (RedisPeer) throws -> Value) throws -> Value {
        let server = try RedisPeer(options)
        defer { server.stop() }
        try server.start()
        return try body(server)
    }

    private init(_ options: [String]) throws {
        port = try LocalAddress.freePorts(1)[0]
        self.options = options
    }

    func start() throws {
        let words = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        pid = try Command.start("/usr/bin/redis-server", words + options)
        let listens = eventually(within: 20) {
            try Socket.connect(port: port).close()
            return true
        }
        guard listens else { throw SocketFault("redis-server does not listen") }
    }

    /// Ends it; what it knew is gone.
    func stop() {
        guard let pid else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        self.pid = nil
    }

    /// Lets it take connections and say nothing, also on connections that are there.
    func freeze() {
        if let pid { kill(pid, SIGSTOP) }
    }

    func thaw() {
        if let pid { kill(pid, SIGCONT) }
    }

    /// What the server's own client prints for a command.
    func ask(_ words: String...) throws -> [String] {
        let command = try Command.run("redis-cli", ["-p", String(port), "--no-auth-warning"] + words)
        return command.output.split(separator: "\n").map { String($0) }
    }

    /// The settings of a limiting plugin that counts here.
    var settings: [String: Any] {
        ["policy": "redis", "redis_host": "127.0.0.1", "redis_port": port, "redis_timeout": 1000]
    }
}
