// A node of the gateway: the real program with a prefix and ports of its own, started for one test and stopped after
// it, also when the test fails or its process dies.

import Foundation
import Glibc
import Testing

final class Node: Sendable {
    let prefix: String
    let proxyPort: Int
    let tlsPort: Int
    let adminPort: Int
    let leash: ProcessLeash

    /// The program under test: KONG_BINARY, else the release build of this package.
    static let program: String = {
        if let path = ProcessInfo.processInfo.environment["KONG_BINARY"] { return path }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent(".build/release/kong").path
    }()

    /// Runs `body` with a node. `files` are written into the prefix first; in a setting `%` means the prefix, and
    /// `{proxy}` and `{tls}` mean the ports of the proxy, `{admin}` that of the Admin API. A launcher is a program with
    /// arguments that starts the one that it is told behind them.
    static func with<Value>(
        _ settings: [String: String] = [:], files: [String: String] = [:], launcher: [String] = [],
        _ body: (Node) throws -> Value
    ) throws -> Value {
        OpenFiles.raise()
        let node = try Node(settings, files, launcher)
        defer { node.stop() }
        return try body(node)
    }

    private init(_ settings: [String: String], _ files: [String: String], _ launcher: [String]) throws {
        let ports = try LocalAddress.freePorts(3)
        (proxyPort, tlsPort, adminPort) = (ports[0], ports[1], ports[2])
        prefix = NSTemporaryDirectory() + "/kong-e2e-\(getpid())-\(proxyPort)"
        try FileManager.default.createDirectory(atPath: prefix, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: prefix + "/" + name)) }
        let defaults = [
            "prefix": prefix, "database": "sqlite", "nginx_worker_processes": "1", "anonymous_reports": "off",
            "proxy_listen": "127.0.0.1:\(proxyPort), 127.0.0.1:\(tlsPort) ssl",
            "admin_listen": "127.0.0.1:\(adminPort)",
        ]
        let all = defaults.merging(settings) { $1 }
        leash = ProcessLeash(prefix: prefix)
        try configure(all)
        let words = launcher + [Self.program, "start", "-c", prefix + "/kong.conf"]
        let start = try Command.run(words[0], Array(words.dropFirst()))
        guard start.status == 0, let pid = masterPID else {
            leash.stop()
            throw SocketFault("kong start: \(start.output)")
        }
        try leash.hold(pid)
    }

    /// Writes kong.conf.
    func configure(_ settings: [String: String]) throws {
        let text = settings.map { "\($0) = \(filled($1))\n" }.sorted().joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: prefix + "/kong.conf"))
    }

    private func filled(_ setting: String) -> String {
        let meanings = [
            ("%", prefix), ("{proxy}", String(proxyPort)), ("{tls}", String(tlsPort)), ("{admin}", String(adminPort)),
        ]
        return meanings.reduce(setting) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }

    @discardableResult
    func kong(_ arguments: String...) throws -> Command {
        try Command.run(Self.program, arguments.contains("-c") ? arguments : arguments + ["-p", prefix])
    }

    private func stop() {
        leash.stop()
        try? FileManager.default.removeItem(atPath: prefix)
    }

    // MARK: - Its processes

    var masterPID: pid_t? {
        let text = try? String(contentsOfFile: prefix + "/pids/nginx.pid", encoding: .utf8)
        return text.flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The worker processes, oldest first.
    var workers: [ProcessFacts] {
        masterPID.map { ProcessFacts(pid: $0).children } ?? []
    }

    /// The only worker.
    var worker: ProcessFacts {
        get throws { try #require(workers.count == 1 ? workers.first : nil) }
    }

    func signal(_ number: Int32) {
        if let pid = masterPID { kill(pid, number) }
    }

    func log(_ name: String) -> String {
        (try? String(contentsOfFile: prefix + "/logs/" + name, encoding: .utf8)) ?? ""
    }
}
