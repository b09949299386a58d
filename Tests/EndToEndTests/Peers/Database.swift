// A real PostgreSQL server for the tests of a cluster: started by them on a free port, removed by them. The server
// refuses to run as root, so that root runs it as the user whom Debian's package made for it.

import Foundation
import Glibc

final class Database: Sendable {
    let port: Int
    private let folder: String

    /// The programs of the newest version that is installed; nil without one.
    private static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        return versions.max().map { "\(root)/\($0)/bin" }
    }()

    static let isInstalled = programs != nil

    /// Runs `body` with a server that runs.
    static func with<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let database = try Database()
        defer { database.remove() }
        try database.start()
        return try body(database)
    }

    private init() throws {
        port = try LocalAddress.freePorts(1)[0]
        folder = NSTemporaryDirectory() + "/e2e-postgres-\(getpid())-\(port)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if getuid() == 0 { try run("chown", ["postgres", folder]) }
        try owner(
            "initdb", "-D", folder + "/data", "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8")
    }

    func start() throws {
        let options =
            "-p \(port) -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200"
        try owner("pg_ctl", "-D", folder + "/data", "-l", folder + "/log", "-w", "-o", options, "start")
    }

    /// Ends it as a crash would: nobody is told.
    func stop() throws {
        try owner("pg_ctl", "-D", folder + "/data", "-m", "immediate", "-w", "stop")
    }

    /// Lets it take connections and say nothing, also on connections that are there.
    func freeze() throws { try signal(SIGSTOP) }

    func thaw() throws { try signal(SIGCONT) }

    private func signal(_ number: Int32) throws {
        let file = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        guard let pid = file.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
            throw SocketFault("no server to signal")
        }
        for process in [ProcessFacts(pid: pid)] + ProcessFacts(pid: pid).children { kill(process.pid, number) }
    }

    private func remove() {
        try? thaw()
        try? stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Makes a database with Kong's tables and gives the settings of a node on it.
    func bootstrapped(_ name: String) throws -> [String: String] {
        try sql("CREATE DATABASE \(name)", in: "postgres")
        let settings = [
            "database": "postgres", "pg_host": "127.0.0.1", "pg_port": String(port), "pg_user": "postgres",
            "pg_database": name, "pg_timeout": "1500", "db_update_frequency": "1",
        ]
        let file = folder + "-\(name).conf"
        defer { unlink(file) }
        let text = settings.map { "\($0) = \($1)\n" }.joined() + "prefix = \(file).prefix\n"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file + ".prefix") }
        try run(Node.program, ["migrations", "bootstrap", "-c", file])
        return settings
    }

    /// Runs statements and gives the rows, columns parted by `|`.
    @discardableResult
    func sql(_ statements: String, in database: String) throws -> [String] {
        let output = try run(
            "psql",
            [
                "-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-d", database, "-XAtq", "-v",
                "ON_ERROR_STOP=1", "-c", statements,
            ])
        return output.split(separator: "\n").map(String.init)
    }

    private func owner(_ name: String, _ arguments: String...) throws {
        let program = (Self.programs ?? "") + "/" + name
        if getuid() == 0 {
            try run("runuser", ["-u", "postgres", "--", program] + arguments)
        } else {
            try run(program, arguments)
        }
    }

    @discardableResult
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let command = try Command.run(program, arguments)
        guard command.status == 0 else {
            throw SocketFault("\(program) \(arguments.joined(separator: " ")): \(command.output)")
        }
        return command.output
    }
}
