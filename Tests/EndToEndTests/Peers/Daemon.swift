// Servers of others as peers of a test: HAProxy and nginx, with a configuration of the test's, as long as it runs.

import Foundation
import Glibc

enum Daemon {
    /// Runs `body` while HAProxy listens on `port`.
    static func haproxy<Value>(_ listeners: String, port: Int, _ body: () throws -> Value) throws -> Value {
        let defaults = """
            defaults
                mode tcp
                timeout connect 10s
                timeout client 60s
                timeout server 60s

            """
        return try with(defaults + listeners, port: port, { ["haproxy", "-db", "-f", "\($0)/conf"] }, body)
    }

    /// Runs `body` while nginx listens on `port`, with these servers in its block `http`.
    static func nginx<Value>(_ servers: String, port: Int, _ body: () throws -> Value) throws -> Value {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path temp;\n" }
        let text = """
            daemon off;
            master_process off;
            pid pid;
            error_log error.log;
            events {}
            http {
                access_log off;
                \(temporary.joined())
                \(servers)
            }

            """
        return try with(text, port: port, { ["nginx", "-p", $0, "-c", "\($0)/conf", "-e", "\($0)/error.log"] }, body)
    }

    private static func with<Value>(
        _ configuration: String, port: Int, _ command: (_ folder: String) -> [String], _ body: () throws -> Value
    ) throws -> Value {
        let folder = NSTemporaryDirectory() + "/e2e-daemon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder + "/conf"))
        let words = command(folder)
        let pid = try Command.start(words[0], Array(words.dropFirst()), output: folder + "/output")
        defer {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        let listens = eventually(within: 20) {
            try Socket.connect(port: port).close()
            return true
        }
        guard listens else {
            let output = try? String(contentsOfFile: folder + "/output", encoding: .utf8)
            throw SocketFault("\(words[0]) does not listen: \(output ?? "")")
        }
        return try body()
    }
}
