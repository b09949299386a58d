// Several nodes at once, and what only tests of a cluster do to a node.

import Foundation
import Glibc

extension Node {
    /// Runs `body` with so many nodes of the same settings.
    static func several<Value>(
        _ count: Int, _ settings: [String: String], _ body: ([Node]) throws -> Value
    ) throws -> Value {
        func add(_ nodes: [Node]) throws -> Value {
            if nodes.count == count { return try body(nodes) }
            return try with(settings) { try add(nodes + [$0]) }
        }
        return try add([])
    }

    /// Ends all processes of the node at once, as a loss of power would.
    func crash() {
        guard let master = masterPID.map({ ProcessFacts(pid: $0) }) else { return }
        let all = [master] + workers
        for process in all { kill(process.pid, SIGKILL) }
        _ = eventually { all.allSatisfy { !$0.isAlive } }
        leash.stop()
    }

    /// Starts a node that crashed, with the settings that it had.
    func startAgain() throws {
        unlink(prefix + "/pids/nginx.pid")
        let start = try kong("start", "-c", prefix + "/kong.conf")
        guard start.status == 0, let pid = masterPID else { throw SocketFault("kong start: \(start.output)") }
        try leash.hold(pid)
    }

    /// The status of a GET with a key.
    func status(_ path: String, key: String? = nil) -> Int? {
        let header = key.map { "apikey: \($0)\r\n" } ?? ""
        return try? exchange("GET \(path) HTTP/1.1\r\nHost: t\r\n\(header)Connection: close\r\n\r\n").status
    }
}
