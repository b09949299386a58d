// A real PostgreSQL for tests: started by them, thrown away with the process. The server refuses to run as root, so
// that root runs it as the user whom Debian's package made for it.

import Foundation
import Synchronization

/// A server on a free port of 127.0.0.1, without passwords and without syncing.
final class PostgresServer: Sendable {
    let port: Int
    private let folder: String

    /// The programs of the newest version that is installed; nil without one.
    static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        return versions.max().map { "\(root)/\($0)/bin" }
    }()

    static let isInstalled = programs != nil

    /// The server that all tests share which leave it running.
    static let shared = Result { try PostgresServer() }

    init() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/pg-\(UUID().uuidString.prefix(8))"
        self.folder = folder
        port = try Self.freePort()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if getuid() == 0 { try Shell.run("chown", "postgres", folder) }
        try command("initdb", "-D", folder + "/data", "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8")
        try start()
        Self.running.withLock { $0.append(self) }
        atexit { PostgresServer.removeAll() }
    }

    private static let running = Mutex<[PostgresServer]>([])

    private static func removeAll() {
        for server in running.withLock({ $0 }) {
            try? server.stop()
            try? FileManager.default.removeItem(atPath: server.folder)
        }
    }

    /// - Parameter port: another port than its own, where nobody looks for it.
    func start(at port: Int? = nil) throws {
        let options =
            "-p \(port ?? self.port) -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off "
            + "-c max_connections=200"
        try command("pg_ctl", "-D", folder + "/data", "-l", folder + "/log", "-w", "-o", options, "start")
    }

    /// Ends it as a crash would: nobody is told.
    func stop() throws {
        try command("pg_ctl", "-D", folder + "/data", "-m", "immediate", "-w", "stop")
    }

    /// Lets it take connections and say nothing.
    func freeze() throws { try signal(SIGSTOP) }

    func thaw() throws { try signal(SIGCONT) }

    /// Only to the first process: that is who answers new connections.
    private func signal(_ number: Int32) throws {
        let file = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        guard let pid = file.split(separator: "\n").first.flatMap({ pid_t($0) }), kill(pid, number) == 0 else {
            throw Shell.Failure(text: "no server to signal")
        }
    }

    private func command(_ name: String, _ arguments: String...) throws {
        let program = (Self.programs ?? "") + "/" + name
        if getuid() == 0 {
            try Shell.run(["runuser", "-u", "postgres", "--", program] + arguments)
        } else {
            try Shell.run([program] + arguments)
        }
    }

    /// Runs statements and gives the rows, columns parted by `|`.
    @discardableResult
    func sql(_ statement: String, in database: String = "postgres", at port: Int? = nil) throws -> [String] {
        try Shell.run(
            "psql", "-h", "127.0.0.1", "-p", String(port ?? self.port), "-U", "postgres", "-d", database, "-XAtq", "-v",
            "ON_ERROR_STOP=1", "-c", statement
        ).split(separator: "\n").map(String.init)
    }

    /// Ends it, changes rows where no node sees it, and lets the nodes have it again.
    func change(_ statement: String, in database: String) throws {
        try stop()
        let elsewhere = try Self.freePort()
        try start(at: elsewhere)
        try sql(statement, in: database, at: elsewhere)
        try stop()
        try start()
    }

    private static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port: UInt16 = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, length) == 0 && getsockname(socket, generic, &length) == 0
            } ? UInt16(bigEndian: pointer.pointee.sin_port) : 0
        }
        guard port > 0 else { throw Shell.Failure(text: "no free port") }
        return Int(port)
    }
}

/// Runs programs.
enum Shell {
    struct Failure: Error { let text: String }

    /// Foundation learns of a child's end by a socket that the child inherits, and so do the child's children: without
    /// this a server that outlives the command that starts it would make that command seem to run for ever.
    private static let closing =
        #"for f in /proc/$$/fd/*; do n=${f##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done; exec "$@""#

    @discardableResult
    static func run(_ command: String...) throws -> String { try run(command) }

    @discardableResult
    static func run(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", closing, "bash"] + command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(text: "\(command.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
        return String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    }
}
